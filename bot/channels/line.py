"""A telephone call as the conversation needs it, and how one is placed; implemented by embedded
SIP, Asterisk and the tests' fake."""

from collections.abc import Callable
from enum import Enum, auto
from typing import Protocol

RATE = 8000
"""Hz of all sound on a line: narrow-band telephony."""

AHEAD = 1.0
"""Seconds of sound written ahead of the wire. The native thread paces it, so an event loop that is
busy for less than this is not heard."""


class LineEvent(Enum):
    """What happens to a call by itself."""

    HELD = auto()
    RESUMED = auto()
    CLOSED = auto()


class LineClosed(Exception):
    """The call ended before it was answered."""


class Line(Protocol):
    """One call. Sound is mono 16-bit PCM at 8000 Hz. All methods belong to the event loop's thread.

    After the call has closed every method is harmless: nothing is read, nothing taken, nothing
    raised.
    """

    id: str
    """Unique for this call; the start of its idempotency keys."""
    caller: str
    """Calling number, digits only; empty when withheld."""

    async def answer(self) -> None:
        """Take the call. Raises `LineClosed` when the caller gave up first."""
        ...

    def read(self) -> bytes:
        """Sound that arrived since the last call; empty when none. Never blocks."""
        ...

    def write(self, pcm: bytes) -> int:
        """Queue sound; returns the number of bytes taken (at most `AHEAD` seconds lie ahead)."""
        ...

    def buffered(self) -> float:
        """Seconds queued and not yet sent."""
        ...

    def flush(self) -> None:
        """Barge-in: drop what is queued."""
        ...

    def on_key(self, handler: Callable[[str], None]) -> None:
        """Call `handler` with `0`…`9`, `*` or `#` as soon as a key goes down."""
        ...

    def on_event(self, handler: Callable[[LineEvent], None]) -> None: ...

    async def transfer(self, target: str) -> bool:
        """Hand the call to `target` (SIP URI). False: nobody took it, the call is still ours."""
        ...

    async def hangup(self) -> None: ...


class Unreached(Enum):
    """How an outgoing call ended that nobody took."""

    BUSY = auto()
    NO_ANSWER = auto()
    REFUSED = auto()
    NO_SUCH_NUMBER = auto()
    FAILED = auto()
    """Our side: no trunk, no gateway, no connection. Says nothing about the resident."""


class NotReached(Exception):
    """Nobody took an outgoing call."""

    def __init__(self, why: Unreached) -> None:
        super().__init__(why.name.lower())
        self.why = why


class Dialler(Protocol):
    """Whatever places calls."""

    async def dial(self, number: str, seconds: float = 30.0) -> Line:
        """Call `number` (digits, or a SIP URI), let it ring for `seconds`; the answered call. Its
        `caller` is the number, its `answer` returns at once. Raises `NotReached`."""
        ...
