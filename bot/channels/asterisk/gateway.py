"""Calls through Asterisk: whatever its dialplan gives to `Stasis(linsheng)` becomes a
conversation."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from itertools import chain, repeat

from bot.channels.asterisk.ari import APP, OURS, Ari, AriError, AriRefused, Event
from bot.channels.asterisk.exchange import Exchange
from bot.channels.asterisk.line import AsteriskLine
from bot.channels.asterisk.originate import extension, originate
from bot.channels.calls.running import RunningCalls
from bot.channels.line import Line, LineClosed, NotReached, Unreached
from bot.channels.sip.caller import calling_number
from bot.services import Services
from bot.settings import Settings

log = logging.getLogger(__name__)

_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before the next attempt, then `_LONG_PAUSE` for good: a PBX that restarts is back in a
few seconds, and calls wait for us."""
_LONG_PAUSE = 15.0
_REPLACED_PAUSE = 60.0


class _Replaced(Exception):
    """Another Linsheng took the calls of this Asterisk over."""


class AsteriskGateway:
    """Implements `bot.channels.line.Dialler`, too."""

    def __init__(self, services: Services) -> None:
        self.calls = RunningCalls(services)
        self._exchange = Exchange(ari_of(services.settings))

    async def run(self, stop: asyncio.Event) -> None:
        """Take calls until `stop` is set, then let the running ones say goodbye. An Asterisk that
        is away is waited for."""
        serving = asyncio.ensure_future(self._serve())
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        # Events are needed to the last: a call that says goodbye may be hung up meanwhile.
        await self.calls.drain()
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving
        await self._exchange.settle()
        await self._exchange.ari.close()

    async def dial(self, number: str, seconds: float = 30.0) -> Line:
        """Call a resident; see `Dialler`."""
        channel = await originate(self._exchange, number, seconds)
        line = AsteriskLine(self._exchange, channel, extension(number))
        try:
            await line.answer()
        except LineClosed:
            raise NotReached(Unreached.FAILED) from None
        return line

    async def _serve(self) -> None:
        pauses = chain(_PAUSES, repeat(_LONG_PAUSE))
        complaint = ""
        while True:
            pause = next(pauses)
            try:
                async with self._exchange.ari.events() as events:
                    version = await self._exchange.ari.version()
                    log.info("已接上 Asterisk %s：Stasis(%s) 的电话由邻声接听", version, APP)
                    pauses, complaint = chain(_PAUSES, repeat(_LONG_PAUSE)), ""
                    await self._take_stock()
                    await self._follow(events)
                log.warning("和 Asterisk 的连接断了：正在重连。")
            except _Replaced:
                pause = _REPLACED_PAUSE
                log.error(
                    "另一个邻声接管了这台 Asterisk 的电话：这里先不接，%d 秒后再看；"
                    "一台 Asterisk 只应由一个邻声接听。", pause,
                )  # fmt: skip
                await self._until_free(pause)
                continue
            except AriError as error:
                if (said := complain(error)) != complaint:
                    complaint = said
                    log.error("%s；会一直重试。", said)
            await asyncio.sleep(pause)

    async def _follow(self, events: AsyncIterator[Event]) -> None:
        async for event in events:
            if event["type"] == "ApplicationReplaced":
                raise _Replaced
            try:
                if event["type"] == "StasisStart":
                    await self._receive(event["channel"])
                self._exchange.tell(event)
            except Exception:
                # One call's trouble is not the others'.
                log.exception("an event of Asterisk could not be handled")

    async def _receive(self, channel: Event) -> None:
        """A channel entered: a new caller, unless we made it or know it."""
        name = str(channel["id"])
        if name.startswith(OURS) or self._exchange.watches(name):
            return
        if self.calls.stopping or self.calls.crowded:
            # Back to the dialplan, which has an answer for when we are not there.
            with contextlib.suppress(AriError):
                await self._exchange.ari.post(f"/channels/{name}/continue")
            return
        self.calls.start(AsteriskLine(self._exchange, name, await self._number(channel)))

    async def _number(self, channel: Event) -> str:
        """The calling number; empty when it was withheld, whatever the carrier tells Asterisk."""
        with contextlib.suppress(AriError):
            shown = await self._exchange.ari.get(
                f"/channels/{channel['id']}/variable", variable="CALLERID(num-pres)"
            )
            if str(shown["value"]).startswith("prohib"):
                return ""
        return calling_number(f"tel:{channel['caller']['number']}")

    async def _take_stock(self) -> None:
        """What is there at the beginning or after a time without events: calls that ended
        meanwhile end here, too; people who talk to each other go on; what nobody needs goes; and
        who waits in a call whose conversation is gone is spoken to again."""
        ari = self._exchange.ari
        # Before asking: what begins meanwhile is not in the answer.
        known = self._exchange.watched()
        channels = {str(one["id"]): one for one in await ari.get("/channels")}
        self._exchange.over(known - channels.keys())
        for bridge in await ari.get("/bridges"):
            name, inside = str(bridge["id"]), [str(one) for one in bridge["channels"]]
            if not name.startswith(OURS) or any(map(self._exchange.watches, inside)):
                continue
            if len(inside) == 2 and not any(one.startswith(f"{OURS}media-") for one in inside):
                self._exchange.keep_together(name, *inside)
            else:
                await ari.delete(f"/bridges/{name}")
        for name, channel in channels.items():
            # `;2` is the far half of a leg, and goes with it.
            if self._exchange.watches(name) or name.endswith(";2"):
                continue
            if name.startswith(OURS):
                await ari.delete(f"/channels/{name}")
            elif channel["dialplan"].get("app_name") == "Stasis" and _is_for_us(channel):
                await ari.post(f"/applications/{APP}/subscription", eventSource=f"channel:{name}")
                await self._receive(channel)

    async def _until_free(self, pause: float) -> None:
        """Wait until no other Linsheng is connected. It is asked, not tried: trying takes over."""
        while True:
            await asyncio.sleep(pause)
            try:
                await self._exchange.ari.get(f"/applications/{APP}")
            except AriError:
                return


def ari_of(settings: Settings) -> Ari:
    return Ari(
        settings.asterisk_ari_url,
        settings.asterisk_ari_user,
        settings.asterisk_ari_password.get_secret_value(),
    )


def complain(error: AriError) -> str:
    """What is wrong and how to mend it, in one line."""
    if isinstance(error, AriRefused):
        return (
            "Asterisk 不认这个用户名或密码："
            "请核对 LINSHENG_ASTERISK_ARI_USER、_PASSWORD 和它的 ari.conf（read_only 要是 no）"
        )
    return (
        f"连不上 Asterisk（{error}）："
        "请核对 LINSHENG_ASTERISK_ARI_URL，并看它的 http.conf、ari.conf 是否 enabled"
    )


def _is_for_us(channel: Event) -> bool:
    return str(channel["dialplan"].get("app_data", "")).split(",")[0] == APP
