"""An application under a real server in a thread, for clients that are not the test client."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette


@contextmanager
def serving(app: Starlette, bound: socket.socket | None = None, **config: Any) -> Iterator[str]:
    """Its address. bound: a socket to listen on; none: any free port, or `port`. config: of
    uvicorn, beside what keeps a test quiet."""
    quiet = {"log_config": None, "access_log": False, "timeout_graceful_shutdown": 1}
    server = uvicorn.Server(
        uvicorn.Config(app, **{"host": "127.0.0.1", "port": 0, **quiet, **config})
    )
    thread = threading.Thread(target=server.run, args=([bound] if bound else None,), daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    assert server.started
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
