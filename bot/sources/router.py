"""`POST /sources/{name}`: a machine says it saw something."""

import json
import time

from fastapi import APIRouter, Depends
from fastapi.requests import Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from bot.failure import Failure
from bot.metrics import alerts_total
from bot.pages.words import say
from bot.services import Services
from bot.sources.alert import AlertMessage, PictureError, decoded, picture
from bot.sources.answer import source_of
from bot.sources.profile import Source
from bot.sources.receive import find_alert, receive
from bot.storage.tables import Alert
from bot.webhook_signature import SignatureError, verify

router = APIRouter(tags=["Alerts"])

_FIELDS = AlertMessage.model_json_schema()


@router.post(
    "/sources/{name}",
    status_code=202,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": _FIELDS},
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["alert"],
                        "properties": {
                            "alert": {"type": "string", "description": "The same JSON"},
                            "image": {"type": "string", "format": "binary"},
                        },
                    }
                },
            },
        }
    },
)
async def alert(
    request: Request, name: str, services: Services = Depends(Services.of)
) -> JSONResponse:
    """One alert, signed as Standard Webhooks says (`webhook-id`, `webhook-timestamp` within five
    minutes, `webhook-signature` over the whole body).

    202 with `{"id", "state", "folded"}`; the same alert id again is answered the same, with
    `repeated`, and changes nothing. 401 for a wrong or old signature, 404 for an unknown source,
    413 above 8 MB (5 MB of picture), 422 for a message that cannot be understood.
    """
    with services.database.read() as session:
        source = source_of(session, name)
    if source is None:
        return _refuse(404, "unknown")
    if not request.headers.get("webhook-signature"):
        return _refuse(401, "missing")  # before anything of the body is read
    body = await request.body()
    try:
        verify(source.secret.read(name), request.headers, body, time.time())
    except SignatureError as error:
        return _refuse(401, error.reason)
    except Failure:
        return _refuse(503, "no_secret")
    try:
        message, image = await _read(request, body)
    except PictureError as error:
        return _refuse(413 if error.reason == "large" else 422, error.reason)
    except (ValueError, RecursionError, HTTPException) as error:
        return _refuse(422, "body", fields=_fields(error))
    if not (message.place or message.place_id):
        return _refuse(422, "body", fields="place")
    return await run_in_threadpool(_receive, services, source, message, image)


def _receive(
    services: Services, source: Source, message: AlertMessage, image: bytes
) -> JSONResponse:
    with services.database.read() as session:
        known = find_alert(session, source, message.id)
    if known is not None:
        return _answer(known, repeated=True)
    # The bytes are on disk before anything points to them.
    stored = services.recordings.store(image, picture(image)) if image else ""
    with services.database.begin() as session:
        found, new = receive(session, source, message, stored)
    if new:
        alerts_total.labels(source.name, "folded" if found.into else "asked").inc()
    return _answer(found, repeated=not new)


async def _read(request: Request, body: bytes) -> tuple[AlertMessage, bytes]:
    """Raises ValueError (`PictureError` among them) and HTTPException for what is no alert."""
    image = b""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form(max_files=1, max_fields=5, max_part_size=1024 * 1024) as form:
            field, file = form.get("alert"), form.get("image")
            text = field if isinstance(field, str) else ""
            if isinstance(file, UploadFile):
                image = await file.read()
    else:
        text = body.decode()
    message = AlertMessage.model_validate(json.loads(text))
    if message.image and not image:
        image = decoded(message.image)
    if image:
        picture(image)
    return message, image


def _answer(alert: Alert, repeated: bool) -> JSONResponse:
    answer = {"id": alert.alert_id, "state": alert.state, "folded": alert.into is not None}
    return JSONResponse({**answer, **({"repeated": True} if repeated else {})}, 202)


def _fields(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return ""
    return "、".join(sorted({str(e["loc"][0]) for e in error.errors() if e["loc"]}))


def _refuse(status: int, reason: str, **values: str) -> JSONResponse:
    values.setdefault("fields", "")
    return JSONResponse({"error": say(f"signed.{reason}", **values)}, status)
