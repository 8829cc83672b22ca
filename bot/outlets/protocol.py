"""What every outside system looks like from here: one method."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.followup.outcome import GiveUp, Retry


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that happened to a ticket, told to one outlet."""

    id: str
    """Idempotency key: the same for every attempt."""
    record: dict[str, Any]
    """Plain JSON, only what the outlet's tier allows; see `record.py`."""
    created: datetime
    """When the ticket was made."""
    foreign_id: str = ""
    foreign_token: str = ""
    again: bool = False
    """An earlier attempt may have arrived without our knowing."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The other system has it."""

    text: str = ""
    foreign_id: str = ""
    foreign_token: str = ""


class Adapter(Protocol):
    """Blocking; one call at a time for one ticket."""

    def send(self, message: Message) -> Receipt | Retry | GiveUp:
        """Tell the other system. What it raises counts as `Retry`."""
        ...
