"""Clients that never finish what they send, over real sockets."""

import socket
import time
from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Request, WebSocket
from fastapi.responses import PlainTextResponse
from websockets.sync.client import connect

from bot.pages import slow
from bot.pages.guard import Guard
from tests.support.serving import serving

LONG = 20.0
"""Seconds in which everything has happened, however busy the machine is."""


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(slow, "HEAD", 0.3)
    monkeypatch.setattr(slow, "BODY", 0.3)
    app = FastAPI()
    app.add_middleware(Guard)

    @app.post("/echo")
    async def echo(request: Request) -> PlainTextResponse:
        return PlainTextResponse(str(len(await request.body())))

    @app.websocket("/media")
    async def media(socket: WebSocket) -> None:
        await socket.accept()
        while True:
            await socket.send_text(await socket.receive_text())

    with serving(app, http=slow.Protocol, lifespan="off") as url:
        yield int(url.rpartition(":")[2])


def _drip(port: int, begin: bytes, byte: bytes) -> bytes:
    """Sends a byte every now and then until the server has enough; what it answered."""
    until = time.monotonic() + LONG
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(begin)
        client.settimeout(0.05)
        got = b""
        while time.monotonic() < until:
            try:
                client.sendall(byte)
                piece = client.recv(4096)
            except TimeoutError:
                continue
            except OSError:
                return got
            if not piece:
                return got
            got += piece
    raise AssertionError(f"still connected; got {got!r}")


def test_a_head_that_never_ends(port: int) -> None:
    assert _drip(port, b"POST /echo HTTP/1.1\r\nX-Slow: ", b"x") == b""


def test_nothing_at_all(port: int) -> None:
    assert _drip(port, b"", b"") == b""


def test_a_second_request_that_never_ends(port: int) -> None:
    first = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"
    assert b"200 OK" in _drip(port, first + b"POST /echo HTTP/1.1\r\nX-Slow: ", b"x")


def test_a_body_that_never_ends(port: int) -> None:
    head = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
    assert b" 408 " in _drip(port, head, b"x").split(b"\r\n")[0]


def test_a_websocket_may_be_silent(port: int) -> None:
    with connect(f"ws://127.0.0.1:{port}/media") as websocket:
        time.sleep(0.8)
        websocket.send("在")
        assert websocket.recv(LONG) == "在"
