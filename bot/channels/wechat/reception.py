"""Takes messages in: stored first, answered within WeChat's 5 s if that can be, else by a push."""

import asyncio
import logging
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.channels.wechat.api import Api
from bot.channels.wechat.errors import ApiError
from bot.channels.wechat.intake import Fetch, intake
from bot.channels.wechat.ledger import Entry, Finished, Ledger
from bot.channels.wechat.message import Message
from bot.channels.wechat.processing import Processing
from bot.channels.wechat.rejected import Rejected
from bot.channels.wechat.texts import split
from bot.services import Services
from bot.storage.full import StorageFull
from bot.storage.together import Together
from voice.recognition.protocol import RecogniserBusy

log = logging.getLogger(__name__)

BUDGET = 4.0
"""Seconds from a message's arrival to our answer: WeChat waits 5 s, the road takes its share."""

REPLAY = timedelta(seconds=60)
"""WeChat sends a message again within 15 s; the same envelope after this is somebody else's."""


@dataclass
class _Job:
    future: Future[str]
    pushed: bool = False
    """Too late for a passive reply: the answer goes out as a push, and only so."""


@dataclass(frozen=True)
class Reply:
    text: str
    """To send back; empty for a bare acknowledgement."""
    job: "_Job | None" = None


class Reception:
    """One per process; belongs to the event loop, the work is done in threads."""

    def __init__(self, services: Services) -> None:
        self.ledger = Ledger(services.database)
        self._receive = Together(self.ledger.receive)
        self._finish = Together(self.ledger.finish)
        self._processing = Processing(services, Api(services.settings, services.database))
        # Downloads and recognition have their own threads, so that words never queue behind them.
        self._words = ThreadPoolExecutor(8, "wechat")
        self._media = ThreadPoolExecutor(4, "wechat-media")
        self._jobs: dict[str, _Job] = {}
        self._pushes: set[asyncio.Task[None]] = set()

    async def take(self, message: Message, signed: datetime, deadline: float) -> Reply:
        """`signed`: the envelope's timestamp; `deadline`: in the loop's time.

        Raises `Rejected` for a replay, and database errors when the message could not be stored:
        then WeChat must be told to send it again.
        """
        entry = await self._receive(message)
        if entry.is_done:
            _refuse_replay(entry, signed)
            return Reply(_first(entry.answer))
        job = self._jobs.get(message.key) or self._start(message)
        left = deadline - asyncio.get_running_loop().time()
        working = asyncio.wrap_future(job.future)
        working.add_done_callback(_retrieve)
        done, _ = await asyncio.wait([working], timeout=max(left, 0))
        if job.pushed:
            return Reply("")
        if not done:
            job.pushed = True
            task = asyncio.create_task(self._push(message, job))
            self._pushes.add(task)
            task.add_done_callback(self._pushes.discard)
            return Reply("")
        if job.future.exception() is not None:
            self._report(message, job)
            return Reply("")
        return Reply(_first(job.future.result()), job)

    async def replied(self, message: Message, reply: Reply) -> None:
        """After the reply went out. Until then the message counts as waiting, so that after a
        crash in between it is answered all the same."""
        if reply.job is not None:
            answer = reply.job.future.result()
            rest = split(answer)[1:]
            await self._finish(Finished(message, answer, rest))
            self._jobs.pop(message.key, None)

    def close(self) -> None:
        self._words.shutdown(wait=False, cancel_futures=True)
        self._media.shutdown(wait=False, cancel_futures=True)

    def _start(self, message: Message) -> _Job:
        pool = self._media if isinstance(intake(message), Fetch) else self._words
        job = self._jobs[message.key] = _Job(pool.submit(self._processing.answer, message))
        return job

    async def _push(self, message: Message, job: _Job) -> None:
        try:
            answer = await asyncio.wrap_future(job.future)
            await asyncio.to_thread(self.ledger.push, message, answer)
        except Exception:  # stays in the inbox; the worker takes it up
            self._report(message, job)
        else:
            self._jobs.pop(message.key, None)

    def _report(self, message: Message, job: _Job) -> None:
        self._jobs.pop(message.key, None)
        error = job.future.exception() if job.future.done() else None
        expected = isinstance(error, ApiError | RecogniserBusy | StorageFull)
        log.error(
            "微信消息 %s 这次没处理完，稍后再试：%s",
            message.key,
            error,
            exc_info=None if expected else error,
        )


def _retrieve(future: asyncio.Future[str]) -> None:
    """Looks at the error, so that asyncio does not complain that nobody did."""
    if not future.cancelled():
        future.exception()


def _refuse_replay(entry: Entry, signed: datetime) -> None:
    now = datetime.now(UTC)
    if now - entry.created > REPLAY and now - signed > REPLAY:
        raise Rejected(403, "replayed")


def _first(answer: str) -> str:
    return next(iter(split(answer)), "")
