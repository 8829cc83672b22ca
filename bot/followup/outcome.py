"""What became of one attempt to deliver."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Sent:
    """It arrived, or whoever takes it from here has taken it."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Not now: tried again later, at ever longer intervals."""

    reason: str
    after: float | None = None
    """Seconds to wait at least, where the other side said so."""
    patient: bool = False
    """Never given up for having been tried too often: a queue costs less than a loss."""


@dataclass(frozen=True, slots=True)
class NotYet:
    """Nothing was tried: its hour has not come, or somebody is at it. That is no attempt."""

    reason: str
    after: float
    """Seconds until it may be looked at again."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """It can never arrive; the reason stays visible at the desk."""

    reason: str


Outcome = Sent | Retry | NotYet | GiveUp

Deliver = Callable[[dict[str, Any]], Outcome]
"""Delivers one payload. Blocking, called in a thread, perhaps twice for one message: after a crash
nobody knows whether the first attempt arrived. What it raises counts as `Retry`."""
