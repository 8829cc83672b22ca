"""Who is spoken with, who may leave a message, and who can only be told to call again."""

import time
from collections import defaultdict, deque
from collections.abc import Callable
from enum import Enum

from bot.channels.calls.later import Later
from bot.channels.calls.limits import CallLimits
from bot.channels.calls.message import MessageSession
from bot.channels.calls.session import CallSession
from bot.channels.calls.strain import Strain, strain
from bot.channels.line import Line
from bot.services import Services

_HOUR = 3600.0
_RINGING = 2.0
"""Seconds after which a call that its caller never completed takes no place."""
_NUMBERS = 10_000
"""Calling numbers remembered; the oldest go first."""

Session = CallSession | MessageSession


class Way(Enum):
    TALK = "talk"
    MESSAGE = "message"
    """With the reason, `call.busy` or `call.often`."""
    SORRY = "sorry"


class Reception:
    """Every telephone line asks it what to do with a new call. For the event loop's thread."""

    def __init__(
        self,
        services: Services,
        limits: CallLimits,
        strain: Strain = strain,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.later = Later(services, self.has_room)
        self._services = services
        self._limits = limits
        self._strain = strain
        self._clock = clock
        self._sessions: dict[Session, float] = {}
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)

    def receive(self, line: Line) -> Session:
        """The session that takes this call; `run` it, and `over` when it ended."""
        way, why = self._way(line.caller)
        session: Session
        if way is Way.TALK:
            session = CallSession(line, self._services, self._limits)
        else:
            session = MessageSession(
                line, self._services, self._limits, self.later, why, keep=way is Way.MESSAGE
            )
        self._sessions[session] = self._clock()
        return session

    def add(self, session: Session) -> None:
        """A call that we made takes a place, too."""
        self._sessions[session] = self._clock()

    def over(self, session: Session) -> None:
        self._sessions.pop(session, None)

    @property
    def crowded(self) -> bool:
        """Not even a sentence can be said to one more."""
        most = self._limits.calls + self._limits.messages + _SORRY
        return self._count(CallSession, MessageSession) >= most or len(self._sessions) >= 3 * most

    def has_room(self) -> bool:
        """Whether what was recorded may be recognised now."""
        return not self._strain.too_much and self._count(CallSession) < self._limits.calls // 2 + 1

    def _way(self, number: str) -> tuple[Way, str]:
        often = self._often(number)
        if often > 2 * self._limits.calls_per_number:
            return Way.SORRY, "call.enough"
        way, why = Way.TALK, ""
        if often > self._limits.calls_per_number:
            way, why = Way.MESSAGE, "call.often"
        elif self._strain.too_much or self._count(CallSession) >= self._limits.calls:
            way, why = Way.MESSAGE, "call.busy"
        if way is Way.MESSAGE and self._count(MessageSession) >= self._limits.messages:
            return Way.SORRY, "call.full"
        return way, why

    def _often(self, number: str) -> int:
        """Calls of this number within the hour, this one too; 0 where it is withheld."""
        if not number:
            return 0
        now, calls = self._clock(), self._calls.pop(number, deque())
        calls.append(now)
        while calls[0] < now - _HOUR:
            calls.popleft()
        self._calls[number] = calls
        while len(self._calls) > _NUMBERS:
            del self._calls[next(iter(self._calls))]
        return len(calls)

    def _count(self, *kinds: type[Session]) -> int:
        now = self._clock()
        return sum(
            isinstance(session, kinds) and (session.answered or now - begun < _RINGING)
            for session, begun in self._sessions.items()
        )


_SORRY = 20
"""Callers that are told to call again at once; beyond them the telephone is busy."""
