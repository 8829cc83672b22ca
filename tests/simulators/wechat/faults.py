"""Things that go wrong on WeChat's side, on order."""

import asyncio
import threading
from collections import deque
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send


@dataclass(frozen=True)
class ErrCode:
    code: int


@dataclass(frozen=True)
class Html:
    """A page with status 200: what a captive proxy or a maintenance notice looks like."""


@dataclass(frozen=True)
class Status:
    code: int = 502


@dataclass(frozen=True)
class Hang:
    """Answers, properly, but only after so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Drop:
    """The connection breaks before an answer."""


Fault = ErrCode | Html | Status | Hang | Drop


class _Dropped(Response):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # A body that is shorter than announced: uvicorn closes the connection.
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-length", b"1000"), (b"content-type", b"application/json")],
            }
        )
        await send({"type": "http.response.body", "body": b"{", "more_body": False})


class Faults:
    """Orders by endpoint (`send`, `token`, `media`); each call uses one up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders: dict[str, deque[Fault | None]] = {}

    def next(self, endpoint: str, fault: Fault, times: int = 1) -> None:
        self.order(endpoint, [fault] * times)

    def order(self, endpoint: str, faults: list[Fault | None]) -> None:
        """One after the other; None lets a call through."""
        with self._lock:
            self._orders.setdefault(endpoint, deque()).extend(faults)

    async def strike(self, endpoint: str, request: Request) -> Response | None:
        """The wrong answer, if one was ordered."""
        with self._lock:
            orders = self._orders.get(endpoint)
            fault = orders.popleft() if orders else None
        match fault:
            case ErrCode(code):
                return JSONResponse({"errcode": code, "errmsg": f"simulated {code}"})
            case Html():
                return HTMLResponse("<html><body>系统维护中</body></html>")
            case Status(code):
                return PlainTextResponse("bad gateway", code)
            case Hang(seconds):
                await asyncio.sleep(seconds)
            case Drop():
                await request.body()
                return _Dropped()
        return None
