"""What the machine itself needs, in real time: from a decision to the first sample of the nod or
the reply, in whole conversations (real ear, turn in its database, voice from its cache), and from a
key to silence over real SIP."""

import asyncio
import os
import time
from collections import defaultdict
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.build import build
from bot.channels.calls.ear import Ear, Noticed, Sign
from bot.channels.calls.session import CallSession
from bot.services import Services
from tests.bench.patience.utterances import Spoken
from tests.phone.fakes import FakeLine
from tests.phone.gateway import Gateway, until
from tests.simulators.rtp_phone import RtpPhone
from tests.support.service import SHARED
from tests.support.services import make_settings

_LONGEST = 60.0
"""Seconds until a caller has heard, or was heard."""
_serial = count(1)
_NAMES = {Sign.LULL: "nod", Sign.UTTERANCE: "reply"}


class _Line(FakeLine):
    """Notes when the first sound after a decision is handed over."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.id, self.caller, self.speed = f"bench-{number}", f"1390000{number:04d}", 1
        self.deciding: tuple[Sign, float] | None = None
        self.took: list[tuple[Sign, float]] = []

    def say(self, pcm: bytes) -> None:
        self._incoming += pcm

    def write(self, pcm: bytes) -> int:
        if self.deciding and (taken := super().write(pcm)):
            sign, begun = self.deciding
            self.took.append((sign, time.monotonic() - begun))
            self.deciding = None
            return taken
        return super().write(pcm)


def shares(spoken: Sequence[Spoken]) -> dict[str, list[float]]:
    """Seconds of every nod and reply, one call an utterance; one call at a time, and all at
    once."""
    found: dict[str, list[float]] = defaultdict(list)
    with TemporaryDirectory(prefix="linsheng-bench-") as home:
        for shared in ("models", "sounds"):
            (Path(home) / shared).symlink_to(SHARED / shared)
        with build(make_settings(Path(home))) as services:
            for at_once in (1, len(spoken)):
                for first in range(0, len(spoken), at_once):
                    calls = spoken[first : first + at_once]
                    for sign, seconds in asyncio.run(_calls(services, calls)):
                        found[f"{_NAMES[sign]}, {at_once} at once"].append(seconds)
    return found


async def _calls(services: Services, spoken: Sequence[Spoken]) -> list[tuple[Sign, float]]:
    every = await asyncio.gather(*(_call(services, next(_serial), one) for one in spoken))
    return [one for took in every for one in took]


async def _call(services: Services, number: int, spoken: Spoken) -> list[tuple[Sign, float]]:
    line = _Line(number)
    session = CallSession(line, services)
    _watch(session._ear, line)
    running = asyncio.ensure_future(session.run())
    await until(lambda: line.sent > 1 and not session._mouth.busy, _LONGEST)
    line.say(spoken.pcm)
    await until(lambda: any(sign is Sign.UTTERANCE for sign, _ in line.took), _LONGEST)
    line.close()
    await running
    return line.took


def _watch(ear: Ear, line: _Line) -> None:
    """A decision begins with the sound that makes it: what recognition still has to do counts."""
    take = ear.take

    def watched(pcm: bytes, played: bytes = b"") -> list[Noticed]:
        begun = time.monotonic()
        noticed = take(pcm, played)
        for one in noticed:
            if one.sign in _NAMES:
                line.deciding = one.sign, begun
        return noticed

    ear.take = watched  # type: ignore[method-assign]


def keys_to_silence(times: int) -> list[float]:
    """Seconds of prompt that a caller's own recording still holds behind a key."""
    return asyncio.run(_keys(times))


async def _keys(times: int) -> list[float]:
    found = []
    async with Gateway() as gateway:
        for number in range(times):
            async with RtpPhone(f"1380013{number:04d}") as phone:
                await phone.dial("127.0.0.1", gateway.port)
                await phone.next_sound(0.0)
                await asyncio.sleep(0.2 + number % 5 * 0.05)
                # This key is thought about for 0.6 s: what comes earlier is the old prompt.
                pressed = await phone.press("9")
                await phone.next_sound(pressed + 0.5)
                loud = [at for at, loud in phone.heard if loud and pressed < at < pressed + 0.5]
                found.append(max(loud, default=pressed) - pressed)
    return found


def load() -> str:
    return f"load of the machine: {' '.join(f'{load:.1f}' for load in os.getloadavg())}"
