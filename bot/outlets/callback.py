"""`POST /outlets/{name}/status`: an outside system says how one of our tickets stands with it."""

import json
import time
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.requests import Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from bot.failure import Failure
from bot.outlets.hear import STATES, hear
from bot.outlets.profile import WebhookOutlet
from bot.pages.words import say
from bot.services import Services
from bot.storage.serialise import serialise
from bot.storage.tables import Incoming, OutletTicket, Ticket
from bot.tickets.house import house
from bot.webhook_signature import SignatureError, verify

router = APIRouter(tags=["Outlets"])


class Status(BaseModel):
    """What the other system says; sent signed, as Standard Webhooks says, with the outlet's own
    secret."""

    model_config = ConfigDict(extra="ignore")

    number: str = Field(min_length=6, max_length=6)
    """Our ticket number."""
    state: str
    """`open`, `assigned`, `in_progress`, `resolved`, `closed`, `reopened` or `dismissed`."""
    note: str = Field("", max_length=500)
    """A word to the resident."""
    foreign_id: str = Field("", max_length=128)


@router.post(
    "/outlets/{name}/status",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": Status.model_json_schema()}},
        }
    },
)
async def status(
    request: Request, name: str, services: Services = Depends(Services.of)
) -> JSONResponse:
    """Headers `webhook-id`, `webhook-timestamp`, `webhook-signature` (Standard Webhooks).

    200 with `{"number", "state", "conflict"}`; 401 for a wrong or old signature, 404 for an unknown
    outlet or ticket, 422 for a body that cannot be understood. The same `webhook-id` again gives
    the same answer and changes nothing.
    """
    body = await request.body()
    return await run_in_threadpool(_status, request, name, body, services)


def _status(request: Request, name: str, body: bytes, services: Services) -> JSONResponse:
    outlet = next(
        (o for o in _outlets(services) if o.name == name and isinstance(o, WebhookOutlet)), None
    )
    if not isinstance(outlet, WebhookOutlet):
        return _refuse(404, "unknown")
    try:
        id = verify(outlet.secret.read(name), request.headers, body, time.time())
    except SignatureError as error:
        return _refuse(401, error.reason)
    except Failure:
        return _refuse(503, "no_secret")
    try:
        news = Status.model_validate(json.loads(body))
    except (ValueError, RecursionError) as error:
        fields = _fields(error) if isinstance(error, ValidationError) else ""
        return _refuse(422, "body", fields=fields)
    if news.state not in STATES:
        return _refuse(422, "state", states="、".join(sorted(STATES)))
    with services.database.begin() as session:
        key = f"outlet:{name}:{services.database.box.digest(id)[:32]}"
        serialise(session, key)
        if stored := session.get(Incoming, key):
            return JSONResponse({**stored.payload, "repeated": True})
        row = session.scalars(
            select(OutletTicket)
            .join(Ticket, Ticket.id == OutletTicket.ticket_id)
            .where(OutletTicket.outlet == name, Ticket.number == news.number)
        ).first()
        if row is None:
            return _refuse(404, "ticket", number=news.number)
        conflict = hear(session, row, news.state, news.note, news.foreign_id)
        answer: dict[str, Any] = {
            "number": news.number,
            "state": session.get_one(Ticket, row.ticket_id).state,
            "conflict": conflict or None,
        }
        session.add(
            Incoming(
                key=key, kind="outlet", payload=answer, state="done",
                created=house(session).clock(),
            )
        )  # fmt: skip
    return JSONResponse(answer)


def _outlets(services: Services) -> tuple[Any, ...]:
    with services.database.read() as session:
        return house(session).outlets


def _fields(error: ValidationError) -> str:
    return "、".join(sorted({str(e["loc"][0]) for e in error.errors() if e["loc"]}))


def _refuse(status: int, reason: str, **values: str) -> JSONResponse:
    return JSONResponse({"error": say(f"signed.{reason}", **values)}, status)
