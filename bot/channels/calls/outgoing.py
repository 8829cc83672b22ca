"""Calls we make: takes what the book says is due, one after another, and lets the resident talk to
the same conversation as on a call of their own."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from bot.channels.calls.outgoing_session import OutgoingSession
from bot.channels.calls.running import RunningCalls
from bot.channels.line import Dialler, Line, NotReached, Unreached
from bot.notices.call_book import CallBook, Job
from bot.notices.profile import read_notices
from bot.services import Services

log = logging.getLogger(__name__)

_LOOK = 2.0
"""Seconds between two looks into the book."""
_RING = 35.0
"""Seconds it rings: an old resident's way to the telephone is long."""


def outgoing(
    services: Services, dialler: Dialler, calls: RunningCalls
) -> list[Callable[[asyncio.Event], Awaitable[None]]]:
    """The part that makes calls, where the profile wants any."""
    profile = services.community.profile
    rules = read_notices(profile, services.settings.community).calls
    if rules is None:
        return []
    return [Outgoing(services, CallBook(services.database, rules), dialler, calls).run]


class Outgoing:
    """One call at a time in a process: lines are there for those who call us."""

    def __init__(
        self, services: Services, book: CallBook, dialler: Dialler, calls: RunningCalls
    ) -> None:
        self._services = services
        self._book = book
        self._dialler = dialler
        self._calls = calls

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; a call that goes on is let say goodbye by `calls`."""
        while not stop.is_set():
            try:
                job = await asyncio.to_thread(self._book.claim)
                if job is not None:
                    await self._make(job, stop)
                    continue
            except Exception:  # the database may be away for a while
                log.exception("要打出去的电话暂时办不了")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _LOOK)

    async def _dial(self, job: Job, stop: asyncio.Event) -> Line:
        """Raises `NotReached`, also when the service stops while it rings."""
        dialling = asyncio.ensure_future(self._dialler.dial(job.address, _RING))
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait({dialling, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not dialling.done():
            dialling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await dialling
            raise NotReached(Unreached.NO_ANSWER)
        return dialling.result()

    async def _make(self, job: Job, stop: asyncio.Event) -> None:
        try:
            line = await self._dial(job, stop)
        except NotReached as error:
            log.info("outgoing call %s: %s", job.id, error)
            await asyncio.to_thread(self._book.missed, job, str(error))
            return
        await asyncio.to_thread(self._book.talking, job)
        session = OutgoingSession(line, self._services, self._calls.limits, self._book, job)
        await asyncio.wait([self._calls.add(session)])
        if not session.reached:
            await asyncio.to_thread(self._book.missed, job, session.missed)
        log.info("outgoing call %s: %s", job.id, "reached" if session.reached else session.missed)
