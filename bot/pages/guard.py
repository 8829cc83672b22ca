"""What stands before every handler: limits on a request's size and time, and security headers."""

import asyncio

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.metrics import refused_total
from bot.pages.slow import seconds_for
from bot.pages.words import say

LIMIT = 1024 * 1024
"""Bytes of a request body. WeChat callbacks are a few kB, forms a few hundred bytes."""

_LARGER = {"/sources/": 8 * LIMIT}
"""Where more may come, by the start of the path: a picture of 5 MB in base64, with words."""

HEADERS = {
    # Every script and style is a file of ours: nothing a resident said can become code.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "media-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Addresses of tickets are capabilities: they must not travel to the next site.
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class _TooLarge(HTTPException):
    """Raised while a handler reads; FastAPI lets HTTP errors through where it hides others."""

    def __init__(self) -> None:
        refused_total.labels("too_large").inc()
        super().__init__(413)


class _TooSlow(HTTPException):
    def __init__(self) -> None:
        refused_total.labels("slow").inc()
        super().__init__(408, headers={"Connection": "close"})


class Guard:
    """ASGI middleware. A handler that sets one of the headers itself keeps its own value."""

    def __init__(self, app: ASGIApp, limit: int = LIMIT) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        limit = next((most for at, most in _LARGER.items() if scope["path"].startswith(at)), 0)
        limit = max(limit, self.limit)
        got, complete = 0, False
        loop = asyncio.get_running_loop()
        began = loop.time()

        async def guarded_receive() -> Message:
            nonlocal got, complete
            if complete:  # what comes now is only that they went away
                return await receive()
            try:
                async with asyncio.timeout_at(began + seconds_for(got)):
                    message = await receive()
            except TimeoutError:
                raise _TooSlow from None
            complete = not message.get("more_body", False)
            got += len(message.get("body", b""))
            if got > limit:
                raise _TooLarge
            return message

        if _declared(scope) > limit:
            refused_total.labels("too_large").inc()
            response = PlainTextResponse(say("error.413.text") + "\n", 413, {"Connection": "close"})
            await response(scope, receive, guarded_send)
            return
        await self.app(scope, guarded_receive, guarded_send)


def _declared(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0
