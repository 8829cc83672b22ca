"""What the verbs on tickets need beyond the rows: whose community, which words, what time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.outlets.profile import Outlet
from bot.sources.profile import Source
from flows.community import Community
from locales.wording import Wording


@dataclass(frozen=True)
class House:
    """Put into every session's `info` by `Dialogue`, so that a verb needs only the session."""

    community: Community
    wording: Wording
    base_url: str
    """What links start with, without a slash at the end."""
    clock: Callable[[], datetime]
    """The present, aware."""
    outlets: tuple[Outlet, ...] = ()
    """Outside systems that are told of tickets."""
    sources: tuple[Source, ...] = ()
    """Machines that raise alerts."""
    assistant: bool = False
    """A language model is configured."""

    def link(self, token: str) -> str:
        """Address of a ticket's large-font page."""
        return f"{self.base_url}/t/{token}"


def house(session: Session) -> House:
    """The house this session belongs to."""
    found = session.info.get("house")
    if not isinstance(found, House):
        raise RuntimeError("no House in this session: build a Dialogue on the database first")
    return found
