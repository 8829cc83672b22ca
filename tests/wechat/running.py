"""The callback under a real server, on its own port; and the background work beside it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from fastapi import FastAPI

from bot.channels.wechat.api import Api
from bot.channels.wechat.callback import router
from bot.channels.wechat.deliver import deliver
from bot.channels.wechat.ledger import ADAPTER
from bot.channels.wechat.speak import SPOKEN, speak
from bot.channels.wechat.worker import InboxWorker
from bot.followup.dispatcher import Dispatcher
from bot.services import Services
from tests.support.serving import serving


@contextmanager
def running(services: Services) -> Iterator[str]:
    """The callback's address."""
    app = FastAPI()
    app.state.services = services
    app.include_router(router)
    with serving(app) as url:
        yield f"{url}/wechat"


class Background:
    """Inbox worker and outbox dispatcher, as `serve` runs them but less patient."""

    def __init__(self, services: Services, patience: float = 15.0) -> None:
        self._services, self._patience = services, patience
        self._stop: asyncio.Event | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        self._loop.run_until_complete(self._work())

    async def _work(self) -> None:
        self._stop = asyncio.Event()
        api = Api(self._services.settings, self._services.database)
        worker = InboxWorker(self._services, api, timedelta(seconds=self._patience), pause=0.1)
        adapters = {ADAPTER: deliver(api), SPOKEN: speak(api, self._services.synthesiser)}
        dispatcher = Dispatcher(self._services.database, adapters, pause=0.1)
        await asyncio.gather(worker.run(self._stop), dispatcher.run(self._stop))

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        assert self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
