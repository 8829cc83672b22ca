"""Outgoing legs: to a person at the desk, to a resident who is called back.

The dialplan decides how a number is reached, in its context `linsheng-out` (docs/asterisk.md).
"""

import asyncio
import contextlib
import logging
import re

from bot.channels.asterisk.ari import APP, AriError, Event
from bot.channels.asterisk.exchange import Exchange
from bot.channels.line import NotReached, Unreached

log = logging.getLogger(__name__)

CONTEXT = "linsheng-out"
_EXTENSION = re.compile(r"[\w+*#.-]+", re.ASCII)
_SLACK = 3.0
"""Seconds beyond the ringing that Asterisk may take to say how it ended."""
_CAUSES = {
    1: Unreached.NO_SUCH_NUMBER,
    17: Unreached.BUSY,
    18: Unreached.NO_ANSWER,
    19: Unreached.NO_ANSWER,
    20: Unreached.NO_ANSWER,
    21: Unreached.REFUSED,
    22: Unreached.NO_SUCH_NUMBER,
    28: Unreached.NO_SUCH_NUMBER,
}
"""Of ITU-T Q.850; 20 is a telephone that is switched off."""


def extension(target: str) -> str:
    """What is dialled for a number or a SIP URI.

    >>> extension("sip:8001@10.0.0.1"), extension("13800138000")
    ('8001', '13800138000')
    """
    return target.removeprefix("sips:").removeprefix("sip:").partition("@")[0]


async def originate(
    exchange: Exchange, target: str, seconds: float, caller: str = "", beside: str = ""
) -> str:
    """Call `target` and return the channel of whoever answered. Raises `NotReached`.

    caller: the number they see; empty: the dialplan's own. beside: the channel it is done for.
    """
    number = extension(target)
    if not _EXTENSION.fullmatch(number):
        log.error("拨不了这个号码：里面有电话号码不会有的字符；请检查 LINSHENG_HUMAN_EXTENSION。")
        raise NotReached(Unreached.FAILED)
    channel = exchange.new_id("leg")
    answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def on_event(event: Event) -> None:
        if answered.done():
            return
        if event["type"] == "StasisStart":
            answered.set_result(None)
        elif event["type"] == "ChannelDestroyed":
            why = _CAUSES.get(int(event.get("cause", 0)), Unreached.FAILED)
            answered.set_exception(NotReached(why))

    exchange.watch(channel, on_event)
    try:
        # `/n`: the leg stays what it is; a Local channel would else put the telephone's own
        # channel in its place, which we have never heard of.
        await exchange.ari.post(
            "/channels",
            endpoint=f"Local/{number}@{CONTEXT}/n",
            app=APP,
            appArgs="out",
            channelId=channel,
            timeout=str(int(seconds)),
            **({"callerId": caller} if caller else {}),
            **({"originator": beside} if beside else {}),
        )
        await asyncio.wait_for(answered, seconds + _SLACK)
    except AriError as error:
        log.error("交换机没能拨出（%s）：请检查拨号方案的 [%s]。", error, CONTEXT)
        raise NotReached(Unreached.FAILED) from None
    except TimeoutError:
        raise NotReached(Unreached.NO_ANSWER) from None
    finally:
        if answered.cancelled() or not answered.done() or answered.exception():
            exchange.forget(channel)
            with contextlib.suppress(asyncio.CancelledError):
                exchange.spawn(exchange.ari.delete(f"/channels/{channel}"))
    return channel
