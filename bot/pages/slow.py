"""Who sends a byte a second holds a connection, and sooner or later all of them: an end to it.

uvicorn itself only closes connections that are idle after an answer.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.metrics import refused_total

HEAD = 20.0
"""Seconds from the connection, or the first byte of a further request, to the end of its head."""
BODY = 30.0
"""Seconds a body may take however small it is."""
SLOWEST = 16 * 1024
"""… and bytes a second that a large one must keep up: a picture over a poor line, no less."""


class Protocol(H11Protocol):
    """Closes connections whose request does not come to the end of its head."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is None or self.cycle.response_complete:
            self._wait()
        else:
            self._got_it()

    def connection_lost(self, exc: Exception | None) -> None:
        self._got_it()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._waiting is None:
            self._waiting = self.loop.call_later(HEAD, self._give_up)

    def _got_it(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        self._waiting = None
        between = self.cycle is None or self.cycle.response_complete
        # A websocket has the connection by now, or an answer is being made.
        if self.transport.get_protocol() is self and between:
            refused_total.labels("slow").inc()
            self.transport.close()


def seconds_for(got: int) -> float:
    """How long a body may have taken after `got` bytes.

    >>> seconds_for(0), seconds_for(8 * 1024 * 1024)
    (30.0, 542.0)
    """
    return BODY + got / SLOWEST
