"""What is often said, spoken ahead while nobody calls."""

import asyncio
import logging
from collections.abc import Callable
from itertools import product

from bot.channels.calls.mouth import SLOW
from bot.metrics import calls_running
from bot.services import Services

log = logging.getLogger(__name__)

_QUIET = 20.0
"""Seconds after the start, and after a call, before it goes on."""


def _calling() -> bool:
    # The gauge alone: asking the registry makes it measure everything else, too.
    return any(sample.value for metric in calls_running.collect() for sample in metric.samples)


async def prepare_in_quiet(
    services: Services,
    stop: asyncio.Event,
    calling: Callable[[], bool] = _calling,
    quiet: float = _QUIET,
) -> None:
    """Make ready all clauses that are known beforehand, the most needed first, then for who wants
    it slower; returns when `stop` is set. It goes on where the last run, or another process,
    stopped.

    calling: whether somebody is on the telephone. quiet: seconds of silence waited for.
    """
    clauses = await asyncio.to_thread(
        lambda: services.wording.fixed_clauses(services.community.gazetteer.usual())
    )
    wait = quiet
    for clause, pace in [*product(clauses, (1.0,)), *product(clauses, (SLOW,))]:
        while calling() or wait:
            if await _stopped(stop, wait or quiet):
                return
            wait = quiet if calling() else 0.0
        await asyncio.to_thread(services.synthesiser.foresee, clause, pace)
        if stop.is_set():
            return
    log.info("常用语句已就绪：%d 句", len(clauses))
    await stop.wait()


async def _stopped(stop: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return False
    return True
