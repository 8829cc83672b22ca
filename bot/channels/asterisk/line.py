"""One call through Asterisk as a `Line`."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from websockets.exceptions import WebSocketException

from bot.channels.asterisk.ari import APP, AriError, Event
from bot.channels.asterisk.exchange import OVER, Exchange
from bot.channels.asterisk.media import FORMAT, Media
from bot.channels.asterisk.originate import originate
from bot.channels.asterisk.ringback import ringback
from bot.channels.line import LineClosed, LineEvent, NotReached

log = logging.getLogger(__name__)

_RINGING = 20.0
"""Seconds a person may take to pick up."""
_ENTERS = 5.0
"""Seconds the media channel may take to be ours."""
_REPAIRS = 3
"""How often the sound's connection is made anew in one call."""


class AsteriskLine:
    """Implements `bot.channels.line.Line`: the caller's channel and one for our sound, in a
    bridge."""

    def __init__(self, exchange: Exchange, channel: str, caller: str) -> None:
        self.id = f"asterisk-{exchange.new_id('call').rpartition('-')[2]}"
        self.caller = caller
        self._exchange = exchange
        self._ari = exchange.ari
        self._channel = channel
        self._bridge = exchange.new_id("bridge")
        self._ear = ""
        """The media channel."""
        self._media = Media(self._on_media_closed)
        self._repairs = 0
        self._attached = self._closed = self._held = False
        self._key_handlers: list[Callable[[str], None]] = []
        self._event_handlers: list[Callable[[LineEvent], None]] = []
        exchange.watch(channel, self._on_event)

    async def answer(self) -> None:
        if self._attached:
            return
        try:
            await self._ari.post("/bridges", type="mixing", bridgeId=self._bridge)
            await self._attach(answer=True)
        except (AriError, OSError, WebSocketException) as error:
            await self.hangup()
            raise LineClosed(str(error)) from None
        if self._closed:
            raise LineClosed("the caller gave up")

    def read(self) -> bytes:
        pcm = self._media.read()
        # Asterisk plays music to whoever waits for somebody who holds: that is no caller's voice.
        return b"" if self._held or self._closed else pcm

    def write(self, pcm: bytes) -> int:
        return 0 if self._closed else self._media.write(pcm)

    def buffered(self) -> float:
        return 0.0 if self._closed else self._media.buffered()

    def flush(self) -> None:
        if not self._closed:
            self._media.flush()

    def on_key(self, handler: Callable[[str], None]) -> None:
        self._key_handlers.append(handler)

    def on_event(self, handler: Callable[[LineEvent], None]) -> None:
        self._event_handlers.append(handler)

    async def transfer(self, target: str) -> bool:
        """Ring `target` for 20 s while the caller hears it ring; then put them together."""
        ringing = asyncio.ensure_future(self._ring())
        calling = asyncio.ensure_future(
            originate(self._exchange, target, _RINGING, self.caller, beside=self._channel)
        )
        try:
            # The ringing ends by itself only when the caller has hung up.
            await asyncio.wait({ringing, calling}, return_when=asyncio.FIRST_COMPLETED)
            if not calling.done():
                return False
            person = calling.result()
        except NotReached as missed:
            log.info("call %s: the person was not reached: %s", self.id, missed)
            return False
        finally:
            ringing.cancel()
            calling.cancel()
            self.flush()
        return await self._hand_over(person)

    async def hangup(self) -> None:
        if not self._closed:
            self._end()
            await self._ari.delete(f"/channels/{self._channel}")

    async def _attach(self, answer: bool = False) -> None:
        """Bring our sound into the bridge. Raises `AriError`, OSError, `WebSocketException`."""
        entered = asyncio.Event()
        self._ear = self._exchange.new_id("media")
        self._exchange.watch(self._ear, lambda event: entered.set())
        try:
            await self._ari.post(
                "/channels/externalMedia",
                app=APP,
                channelId=self._ear,
                external_host="INCOMING",
                transport="websocket",
                connection_type="server",
                encapsulation="none",
                format=FORMAT,
                transport_data="f(json)",
            )
            connection = await self._ari.get(
                f"/channels/{self._ear}/variable", variable="MEDIA_WEBSOCKET_CONNECTION_ID"
            )
            media = Media(self._on_media_closed)
            await media.connect(self._ari.media_url(connection["value"]))
            self._media = media
            if answer:
                await self._ari.post(f"/channels/{self._channel}/answer")
            await asyncio.wait_for(entered.wait(), _ENTERS)
            both = f"{self._channel},{self._ear}"
            await self._ari.post(f"/bridges/{self._bridge}/addChannel", channel=both)
            self._attached = True
        except BaseException:
            self._exchange.forget(self._ear)
            raise

    async def _hand_over(self, person: str) -> bool:
        """The caller and the person talk to each other; this line has nothing more to do."""
        if self._closed:
            self._exchange.forget(person)
            await self._ari.delete(f"/channels/{person}")
            return False
        self._exchange.keep_together(self._bridge, self._channel, person)
        self._closed = True
        self._media.close()
        self._exchange.forget(self._ear)
        try:
            await self._ari.delete(f"/channels/{self._ear}")
            await self._ari.post(f"/bridges/{self._bridge}/addChannel", channel=person)
        except AriError as error:
            log.error("转接时交换机出错（%s）：这通电话断了。", error)
            await self._ari.delete(f"/channels/{self._channel}")
        self._tell(LineEvent.CLOSED)
        return True

    async def _ring(self) -> None:
        tone = b""
        while not self._closed:
            tone = tone or ringback()
            tone = tone[self.write(tone) :]
            await asyncio.sleep(0.1)

    def _on_event(self, event: Event) -> None:
        if event["type"] == "ChannelDtmfReceived" and event["digit"] in "0123456789*#":
            for on_key in self._key_handlers:
                on_key(event["digit"])
        elif event["type"] in ("ChannelHold", "ChannelUnhold"):
            self._held = event["type"] == "ChannelHold"
            self._tell(LineEvent.HELD if self._held else LineEvent.RESUMED)
        elif event["type"] in OVER:
            self._end()

    def _on_media_closed(self) -> None:
        if self._attached and not self._closed:
            self._attached = False
            self._exchange.forget(self._ear)
            self._exchange.spawn(self._repair())

    async def _repair(self) -> None:
        """Our sound was cut off while the call stands; if it still does, connect again."""
        self._repairs += 1
        with contextlib.suppress(AriError, OSError, WebSocketException):
            if self._repairs <= _REPAIRS:
                await self._attach()
                log.warning("call %s: its sound was cut off and is back", self.id)
                return
        log.warning("call %s: its sound was cut off", self.id)
        await self.hangup()

    def _end(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._exchange.forget(self._channel)
        self._media.close()
        self._exchange.spawn(self._tidy_up())
        self._tell(LineEvent.CLOSED)

    async def _tidy_up(self) -> None:
        if self._ear:
            self._exchange.forget(self._ear)
            await self._ari.delete(f"/channels/{self._ear}")
        await self._ari.delete(f"/bridges/{self._bridge}")

    def _tell(self, event: LineEvent) -> None:
        for on_event in self._event_handlers:
            on_event(event)
