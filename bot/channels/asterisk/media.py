"""The WebSocket that carries a call's sound, as Asterisk's `chan_websocket` speaks it.

Asterisk keeps the clock: it takes a frame of 20 ms out of its queue at a time. What lies in that
queue is delay for good if it grows, so never more than `AHEAD` lies there, and marks between the
sound (`MARK_MEDIA`) say how far it was really played.
Reference: docs.asterisk.org, "WebSocket Channel Driver".
"""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Callable
from itertools import count

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from bot.channels.line import AHEAD, RATE

FORMAT = "slin"
"""Asterisk's name for what lines here carry: 16-bit PCM at 8000 Hz, in the machine's order."""
_SECOND = RATE * 2
_FRAME = _SECOND // 50
_AHEAD = int(AHEAD * _SECOND)
_CHUNK = _SECOND // 10
"""Sound is handed over in pieces of at least 100 ms while there is that much: fewer messages."""
_UNREAD = 10 * _SECOND
"""What is kept of sound that nobody reads; the call's intake reads every 20 ms."""


class Media:
    """The sound of one call, both ways. `closed` is called once, when the connection is over."""

    def __init__(self, closed: Callable[[], None]) -> None:
        self._closed = closed
        self._incoming = bytearray()
        self._outgoing: asyncio.Queue[bytes | str] = asyncio.Queue()
        self._marks: deque[tuple[str, int]] = deque()
        self._serial = count()
        self._written = self._played = 0
        """Bytes, since the connection."""
        self._at = 0.0
        """When `_played` was true."""
        self._open = False
        self._task: asyncio.Task[None] | None = None

    async def connect(self, url: str) -> None:
        """Raises OSError, TimeoutError, `WebSocketException`."""
        # Sound does not compress, and Asterisk offers no compression.
        socket = await connect(
            url,
            subprotocols=[Subprotocol("media")],
            max_size=None,
            compression=None,
            open_timeout=5,
            proxy=None,
        )

        async def send() -> None:
            while True:
                await socket.send(await self._outgoing.get())

        async def receive() -> None:
            # A reader that stalls would lock the channel in Asterisk: nothing here waits.
            async for message in socket:
                if isinstance(message, bytes):
                    self._incoming += message
                    del self._incoming[:-_UNREAD]
                else:
                    self._take(json.loads(message))

        async def run() -> None:
            sending = asyncio.ensure_future(send())
            receiving = asyncio.ensure_future(receive())
            try:
                await asyncio.wait({sending, receiving}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                self._open = False
                sending.cancel()
                receiving.cancel()
                await asyncio.gather(sending, receiving, return_exceptions=True)
                with contextlib.suppress(OSError, WebSocketException):
                    await socket.close()
                self._closed()

        self._open = True
        self._task = asyncio.ensure_future(run())

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def read(self) -> bytes:
        pcm = bytes(self._incoming)
        self._incoming.clear()
        return pcm

    def write(self, pcm: bytes) -> int:
        """Queue sound; the number of bytes taken. The end of a prompt is filled up to a frame:
        Asterisk would drop what is less."""
        room = (_AHEAD - self._ahead()) // _FRAME * _FRAME
        if not self._open or (room < _CHUNK and room < len(pcm)):
            return 0
        taken = pcm[:room]
        if self._written == self._played:
            self._at = _now()
        self._outgoing.put_nowait(taken + bytes(-len(taken) % _FRAME))
        self._written += len(taken) + -len(taken) % _FRAME
        mark = f"{next(self._serial)}"
        self._marks.append((mark, self._written))
        self._command("MARK_MEDIA", correlation_id=mark)
        return len(taken)

    def buffered(self) -> float:
        """Seconds queued and not yet played."""
        return self._ahead() / _SECOND if self._open else 0.0

    def flush(self) -> None:
        if self._written != self._played:
            while not self._outgoing.empty():
                self._outgoing.get_nowait()
            self._marks.clear()
            self._command("FLUSH_MEDIA")
            self._played = self._written

    def _ahead(self) -> int:
        """Bytes queued: from the last mark that was played, and by the clock from there to the
        next one."""
        end = self._marks[0][1] if self._marks else self._written
        passed = int((_now() - self._at) * _SECOND)
        return self._written - min(self._played + passed, end)

    def _take(self, event: dict[str, str]) -> None:
        mark = event.get("correlation_id")
        if event.get("event") == "MEDIA_MARK_PROCESSED" and mark in [m for m, _ in self._marks]:
            while self._marks:
                name, self._played = self._marks.popleft()
                if name == mark:
                    break
            self._at = _now()

    def _command(self, command: str, **arguments: str) -> None:
        self._outgoing.put_nowait(json.dumps({"command": command, **arguments}))


def _now() -> float:
    return asyncio.get_running_loop().time()
