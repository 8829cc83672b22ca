"""Whether Asterisk is there and its calls are answered; for `linsheng doctor` and `/readyz`, which
may run in another process or on another machine than the calls."""

import asyncio
from dataclasses import dataclass

from bot.channels.asterisk.ari import APP, AriError, AriGone
from bot.channels.asterisk.gateway import ari_of, complain
from bot.settings import Settings

_MODULE = "chan_websocket.so"
_SECONDS = 6.0


@dataclass(frozen=True, slots=True)
class State:
    reachable: bool
    answered: bool
    """A Linsheng is connected and takes the calls."""
    sentence: str


def look(settings: Settings) -> State:
    """Asks Asterisk; blocking, never raises."""
    return asyncio.run(_look(settings))


async def _look(settings: Settings) -> State:
    ari = ari_of(settings)
    try:
        async with asyncio.timeout(_SECONDS):
            version = await ari.version()
            try:
                await ari.get(f"/asterisk/modules/{_MODULE}")
            except AriGone:
                return State(
                    False,
                    False,
                    f"Asterisk {version} 没有 {_MODULE}：要 22.6 以上并加载它",
                )
            try:
                await ari.get(f"/applications/{APP}")
            except AriGone:
                return State(True, False, f"Asterisk {version}，还没有邻声在接听")
            return State(True, True, f"Asterisk {version}，Stasis({APP}) 有邻声接听")
    except AriError as error:
        return State(False, False, complain(error))
    except TimeoutError:
        return State(False, False, complain(AriError("没有回应")))
    finally:
        await ari.close()
