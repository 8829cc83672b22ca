"""What is often said is made ready while nobody calls."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

from bot.prepare import prepare_in_quiet
from bot.services import Services
from tests.support.services import FakeSynthesiser


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 - what is watched knows no events
            await asyncio.sleep(0.001)


def test_it_waits_for_calls_to_end_and_stops_when_told() -> None:
    voice = FakeSynthesiser()
    everything = [f"第{number}句。" for number in range(60)]
    parts = SimpleNamespace(
        synthesiser=voice,
        community=SimpleNamespace(gazetteer=SimpleNamespace(usual=tuple)),
        wording=SimpleNamespace(fixed_clauses=lambda places: everything),
    )
    services = cast(Services, parts)
    calling = True
    looks = 0

    def busy() -> bool:
        nonlocal looks
        looks += 1
        return calling

    async def run() -> None:
        nonlocal calling
        stop = asyncio.Event()
        task = asyncio.create_task(prepare_in_quiet(services, stop, busy, 0.001))
        await _until(lambda: looks >= 20)
        assert not voice.spoken
        calling = False
        await _until(lambda: len(voice.spoken) >= 30)
        calling = True
        seen, at = len(voice.spoken), looks
        await _until(lambda: looks >= at + 20)
        assert len(voice.spoken) <= seen + 1
        calling = False
        await _until(lambda: len(voice.spoken) >= 2 * len(everything))
        assert voice.spoken == everything * 2  # at the usual pace, then slower
        assert not task.done()
        stop.set()
        await asyncio.wait_for(task, 20)

    asyncio.run(run())
