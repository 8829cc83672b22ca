"""A process with the callback and the background work, held at a chosen point so that it can be
killed there: `python -m tests.wechat.child HOME PORT API_BASE before|after|never PATIENCE`."""

import asyncio
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from bot.channels.wechat.api import Api
from bot.channels.wechat.callback import router
from bot.channels.wechat.deliver import deliver
from bot.channels.wechat.ledger import ADAPTER
from bot.channels.wechat.worker import InboxWorker
from bot.dialogue.answer import Answer, Inbound
from bot.dialogue.dialogue import Dialogue
from bot.dialogue.warm import warm
from bot.followup.dispatcher import Dispatcher
from tests.simulators.wechat import Account
from tests.support.services import make_services
from tests.wechat.wire import configured


class Held:
    """Stops for a minute before or after the turn was committed, and says so on stdout."""

    def __init__(self, dialogue: Dialogue, where: str) -> None:
        self._dialogue, self._where = dialogue, where

    def take(self, inbound: Inbound) -> Answer:
        self._hold("before")
        answer = self._dialogue.take(inbound)
        self._hold("after")
        return answer

    def _hold(self, where: str) -> None:
        if where == self._where:
            print("held", flush=True)
            time.sleep(60)


async def main(home: str, port: str, api_base: str, where: str, patience: str) -> None:
    services = make_services(
        Path(home), public_url="http://linsheng.example", **configured(Account(), api_base)
    )
    warm(services.community)
    services = replace(services, dialogue=Held(services.dialogue, where))  # type: ignore[arg-type]
    app = FastAPI()
    app.state.services = services
    app.include_router(router)
    api = Api(services.settings, services.database)
    stop = asyncio.Event()
    worker = InboxWorker(services, api, timedelta(seconds=float(patience)))
    dispatcher = Dispatcher(services.database, {ADAPTER: deliver(api)})
    server = uvicorn.Server(uvicorn.Config(app, port=int(port), log_config=None))
    await asyncio.gather(server.serve(), worker.run(stop), dispatcher.run(stop))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
