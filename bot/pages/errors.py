"""Errors as pages a person can read; machines that ask for JSON get one line of it."""

import logging

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.requests import Request
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.pages.guard import HEADERS
from bot.pages.templates import page
from bot.pages.words import page_words, say
from bot.storage.full import StorageFull

log = logging.getLogger("linsheng.web")


class Refused(HTTPException):
    """A refusal with words of its own from `desk.yaml`, shown instead of the general ones."""

    def __init__(self, status: int, path: str, **values: object) -> None:
        super().__init__(status, say(path, **values))


def install(app: FastAPI) -> None:
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(StorageFull, _busy)
    app.add_exception_handler(TimeoutError, _busy)
    app.add_exception_handler(Exception, _fault)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    own = error.detail if isinstance(error, Refused) else ""
    response = _answer(request, error.status_code, own)
    response.headers.update(error.headers or {})
    return response


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # Name the fields, never their contents: they may be somebody's telephone number.
    fields = sorted({".".join(str(part) for part in e["loc"][1:]) for e in error.errors()})
    return _answer(request, 422, say("error.422.fields", fields="、".join(filter(None, fields))))


async def _busy(request: Request, error: Exception) -> Response:
    """The disk is full, or the database did not get round to it in 30 s: nothing was written."""
    log.error("%s: %s", request.url.path.split("/")[1:2], error)
    return _answer(request, 503, "")


async def _fault(request: Request, error: Exception) -> Response:
    log.error("%s %s failed", request.method, request.url.path.split("/")[1:2], exc_info=error)
    response = _answer(request, 500, "")
    response.headers.update(HEADERS)  # the guard stands inside the layer that calls this
    return response


def _answer(request: Request, status: int, own: str) -> Response:
    words = page_words()["error"]
    entry = words.get(str(status), words["other"])
    text = own or entry["text"]
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"error": text}, status)
    try:
        return page(
            request,
            "error.html",
            status=status,
            title=entry["title"],
            text=text,
            status_code=status,
        )
    except Exception:  # the page itself must not turn a refusal into a fault
        log.exception("the error page could not be rendered")
        return PlainTextResponse(text, status)
