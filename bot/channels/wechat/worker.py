"""Background work: messages left in the inbox."""

import asyncio
import contextlib
import logging
from datetime import timedelta

from bot.channels.wechat.api import Api
from bot.channels.wechat.ledger import TRIES, Ledger, Overdue
from bot.channels.wechat.processing import Processing
from bot.services import Services
from flows.report import Report

log = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=15)
"""How long the callback has a message to itself: WeChat's three tries. Only then is its answer
pushed, so that a resident does not get it twice."""


class InboxWorker:
    """Does what the callback could not: it was killed, or WeChat or the recogniser was busy."""

    def __init__(
        self,
        services: Services,
        api: Api,
        patience: timedelta = PATIENCE,
        pause: float = 2.0,
    ) -> None:
        """`pause`: seconds between two looks into the inbox."""
        self._ledger = Ledger(services.database)
        self._processing = Processing(services, api)
        self._patience = patience
        self._pause = pause

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set. Nothing that goes wrong with one message ends it."""
        while not stop.is_set():
            try:
                await asyncio.to_thread(self.once)
            except Exception:  # the database may be away for a while
                log.exception("微信收件箱暂时读不了")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._pause)

    def once(self) -> int:
        """One look; returns how many messages were answered."""
        entries = self._ledger.overdue(self._patience)
        return sum(self._finish(entry) for entry in entries)

    def _finish(self, entry: Overdue) -> bool:
        message = entry.message
        try:
            answer = self._processing.answer(message)
        except Exception as error:  # whatever it is, the message stays and the others go on
            log.warning("微信消息 %s 第 %d 次没成：%s", message.key, entry.attempts + 1, error)
            self._ledger.failed_once(message, str(error))
            if entry.attempts + 1 < TRIES:
                return False
            log.error("微信消息 %s 试了 %d 次都没成，转到服务台", message.key, TRIES)
            left = Report(words=(message["Content"] or self._processing.say("wechat.left"),))
            sorry = self._processing.say("wechat.failed")
            self._ledger.give_up(message, sorry, left, str(error)[:500])
            return False
        self._ledger.push(message, answer)
        return True
