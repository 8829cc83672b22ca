"""Writes of many callers in one commit: those that come while one is under way go with the next."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_MOST = 64
"""Items in one commit: more would keep the first waiting for the last."""


class Together(Generic[Item, Result]):
    """For one event loop. Nobody waits for company: an item that comes alone goes at once."""

    def __init__(self, work: Callable[[Sequence[Item]], Sequence[Result]]) -> None:
        """work: blocking, done in a thread; a result for each item, in order, or it raises and
        nothing was done."""
        self._work = work
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, item: Item) -> Result:
        """The result once it is committed. Raises what `work` raises for this item."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            try:
                await self._commit(batch)
            except Exception as error:
                if len(batch) > 1:
                    # One that cannot be written takes none of the others with it.
                    for item, future in batch:
                        await self._alone(item, future)
                elif not batch[0][1].done():
                    batch[0][1].set_exception(error)
        self._running = None

    async def _alone(self, item: Item, future: asyncio.Future[Result]) -> None:
        try:
            await self._commit([(item, future)])
        except Exception as error:
            if not future.done():
                future.set_exception(error)

    async def _commit(self, batch: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        results = await asyncio.to_thread(self._work, [item for item, _ in batch])
        for (_, future), result in zip(batch, results, strict=True):
            if not future.done():  # whoever waited may have gone
                future.set_result(result)
