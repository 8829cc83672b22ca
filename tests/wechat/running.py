"""The callback under a real server, on its own port."""

import threading
import time
from types import TracebackType

import uvicorn
from fastapi import FastAPI

from bot.channels.wechat.callback import router
from bot.services import Services
from tests.support.service import free_port


class Running:
    """`with Running(services) as url:`; the callback is at `url`."""

    def __init__(self, services: Services) -> None:
        app = FastAPI()
        app.state.services = services
        app.include_router(router)
        self.port = free_port()
        self.server = uvicorn.Server(
            uvicorn.Config(app, port=self.port, log_config=None, timeout_graceful_shutdown=1)
        )
        self._thread = threading.Thread(target=self.server.run, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        while not self.server.started:
            time.sleep(0.01)
        return f"http://127.0.0.1:{self.port}/wechat"

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.server.should_exit = True
        self._thread.join(5)
