"""What the line has really sent, in step with what came in."""

from bot.channels.line import RATE, Line

_DRIFT = RATE // 10 * 2
"""Bytes that may wait for the incoming side: 100 ms of jitter."""


class Played:
    def __init__(self, line: Line) -> None:
        self._line = line
        self._ahead = bytearray()
        """Handed to the line, not sent as far as we know."""
        self._sent = bytearray()

    def written(self, pcm: bytes) -> None:
        """The line took this."""
        self._ahead += pcm

    def flushed(self) -> None:
        """The line is about to drop what it has not sent."""
        self._move()
        self._ahead.clear()

    def meanwhile(self, size: int) -> bytes:
        """What was sent while `size` bytes came in: as many bytes, silence where nothing was."""
        self._move()
        played = bytes(self._sent[:size])
        del self._sent[:size]
        if len(self._sent) > _DRIFT:
            del self._sent[:-_DRIFT]
        return played + bytes(size - len(played))

    def _move(self) -> None:
        if self._ahead:
            sent = max(0, len(self._ahead) - int(self._line.buffered() * RATE) * 2)
            self._sent += self._ahead[:sent]
            del self._ahead[:sent]
