"""A telephone call as the conversation needs it; implemented by embedded SIP, Asterisk and the browser's microphone."""

from collections.abc import Callable
from enum import Enum, auto
from typing import Protocol


class LineEvent(Enum):
    """What happens to a call by itself."""

    HELD = auto()
    RESUMED = auto()
    CLOSED = auto()


class Line(Protocol):
    """One call. Sound is mono 16-bit PCM at 8000 Hz. All methods belong to the event loop's thread."""

    id: str
    """Unique for this call; the start of its idempotency keys."""
    caller: str
    """Calling number or name; empty when withheld."""

    async def answer(self) -> None: ...

    def read(self) -> bytes:
        """Sound that arrived since the last call; empty when none. Never blocks."""
        ...

    def write(self, pcm: bytes) -> int:
        """Queue sound; returns the number of bytes taken (at most about 1 s lies ahead)."""
        ...

    def buffered(self) -> float:
        """Seconds queued and not yet sent."""
        ...

    def flush(self) -> None:
        """Barge-in: drop what is queued."""
        ...

    def on_key(self, handler: Callable[[str], None]) -> None: ...

    def on_event(self, handler: Callable[[LineEvent], None]) -> None: ...

    async def transfer(self, target: str) -> bool:
        """Hand the call to `target` (SIP URI). False: nobody took it, the call is still ours."""
        ...

    async def hangup(self) -> None: ...
