"""Writes of many callers in one commit."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from bot.storage.together import Together


def test_what_comes_during_a_commit_goes_with_the_next() -> None:
    batches: list[list[int]] = []
    begun, held = threading.Event(), threading.Event()

    def work(items: Sequence[int]) -> list[int]:
        batches.append(list(items))
        begun.set()
        assert held.wait(60)
        return [item * 10 for item in items]

    async def go() -> list[int]:
        together = Together(work)
        first = asyncio.create_task(together(1))
        await asyncio.to_thread(begun.wait, 60)
        rest = [asyncio.create_task(together(item)) for item in (2, 3, 4)]
        await asyncio.sleep(0)
        held.set()
        return list(await asyncio.gather(first, *rest))

    assert asyncio.run(go()) == [10, 20, 30, 40]
    assert batches == [[1], [2, 3, 4]]


def test_one_that_fails_takes_none_of_the_others_with_it() -> None:
    tried: list[list[int]] = []

    def work(items: Sequence[int]) -> list[int]:
        tried.append(list(items))
        if 3 in items:
            raise ValueError("three")
        return list(items)

    async def go() -> list[int | BaseException]:
        together = Together(work)
        return list(await asyncio.gather(*map(together, (1, 2, 3, 4)), return_exceptions=True))

    one, two, three, four = asyncio.run(go())
    assert (one, two, four) == (1, 2, 4)
    assert isinstance(three, ValueError)
    assert tried.count([3]) == 1


def test_whoever_went_away_keeps_nobody_waiting() -> None:
    def work(items: Sequence[int]) -> Sequence[int]:
        return items

    async def go() -> int:
        together = Together(work)
        gone = asyncio.create_task(together(1))
        await asyncio.sleep(0)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        return await asyncio.wait_for(together(2), 60)

    assert asyncio.run(go()) == 2
