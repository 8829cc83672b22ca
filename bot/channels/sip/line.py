"""One SIP call as a `Line`."""

import contextlib
import logging
from collections.abc import Callable
from uuid import uuid4

from baresip import (
    AudioNotActive,
    AudioRestarted,
    BaresipError,
    Call,
    CallState,
    Event,
    StackEvent,
    TransferFailed,
)

from bot.channels.line import AHEAD, RATE, LineClosed, LineEvent
from bot.channels.sip.caller import calling_number

log = logging.getLogger(__name__)

_AHEAD_BYTES = int(AHEAD * RATE) * 2
_READ_BYTES = 32768
"""The library's whole receive buffer: about 2 s."""
_TRANSFER_SECONDS = 20.0
_EVENTS = {
    Event.CALL_HOLD: LineEvent.HELD,
    Event.CALL_RESUME: LineEvent.RESUMED,
    Event.CALL_CLOSED: LineEvent.CLOSED,
}


class SipLine:
    """Implements `bot.channels.line.Line` over a baresip call."""

    def __init__(self, call: Call, called: str = "") -> None:
        """called: the number, for a call that we placed and that was answered."""
        # Not the SIP Call-ID: that one is the caller's to choose, as long and as often as they
        # like.
        self.id = f"sip-{uuid4().hex}"
        self.caller = called or calling_number(call.peer)
        self._placed = bool(called)
        self._call = call
        self._key_handlers: list[Callable[[str], None]] = []
        self._event_handlers: list[Callable[[LineEvent], None]] = []
        call.on(self._on_stack_event)

    async def answer(self) -> None:
        if self._placed:
            return
        try:
            await self._call.answer()
            await self._call.wait_established(10)
        except BaresipError as error:
            raise LineClosed(str(error)) from None

    def read(self) -> bytes:
        # `AudioRestarted` is raised once at the start of every call and after each re-INVITE.
        for _ in range(2):
            try:
                return bytes(self._call.audio.read(_READ_BYTES))
            except AudioRestarted:
                continue
            except AudioNotActive:
                break
        return b""

    def write(self, pcm: bytes) -> int:
        for _ in range(2):
            try:
                room = _AHEAD_BYTES - self._call.audio.info().tx_buffered
                return self._call.audio.write(pcm[: room & ~1]) if room > 1 else 0
            except AudioRestarted:
                continue
            except AudioNotActive:
                break
        return 0

    def buffered(self) -> float:
        try:
            return float(self._call.audio.info().tx_buffered / 2 / RATE)
        except (AudioNotActive, AudioRestarted):
            return 0.0

    def flush(self) -> None:
        with contextlib.suppress(AudioNotActive, AudioRestarted):
            self._call.audio.flush_tx()

    def on_key(self, handler: Callable[[str], None]) -> None:
        self._key_handlers.append(handler)

    def on_event(self, handler: Callable[[LineEvent], None]) -> None:
        self._event_handlers.append(handler)

    async def transfer(self, target: str) -> bool:
        try:
            await self._call.transfer(target, timeout=_TRANSFER_SECONDS)
        except TransferFailed as error:
            log.warning("transfer was not taken: %s", error)
            return False
        except (BaresipError, ValueError) as error:
            log.warning("transfer could not be sent: %s", error)
            return False
        return True

    async def hangup(self) -> None:
        if self._call.state is not CallState.CLOSED:
            with contextlib.suppress(BaresipError):
                await self._call.hangup()

    def _on_stack_event(self, event: StackEvent) -> None:
        # The start of a key, not its end: people hold keys for a quarter of a second.
        if event.event is Event.CALL_DTMF_START and event.text:
            if event.text in "0123456789*#":
                for on_key in self._key_handlers:
                    on_key(event.text)
        elif event.event in _EVENTS:
            for on_event in self._event_handlers:
                on_event(_EVENTS[event.event])
