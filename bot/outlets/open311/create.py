"""`POST requests`: another system files a ticket. Form-encoded, with an `api_key`."""

from datetime import UTC, datetime

from fastapi import APIRouter, Depends
from fastapi.requests import Request
from fastapi.responses import Response

from bot.metrics import tickets_total
from bot.outlets.open311.caller import Caller, key_name
from bot.outlets.open311.render import Data, render
from bot.outlets.open311.request_error import RequestError
from bot.pages.form import form_fields
from bot.pages.words import say
from bot.services import Services
from bot.storage.serialise import serialise
from bot.storage.tables import Incoming
from bot.tickets.external import file_external

router = APIRouter()

MOST = 4000
"""Characters of a description (GeoReport v2)."""


@router.post("/requests")
@router.post("/requests.{ending}", include_in_schema=False)
def create(
    request: Request,
    caller: Caller = Depends(Caller.of),
    fields: dict[str, str] = Depends(form_fields),
    services: Services = Depends(Services.of),
) -> Response:
    """Fields: `api_key`, `service_code`, `address_string` or `address_id` or `lat` and `long`,
    `description`, `first_name`, `last_name`, `phone`, `media_url`.

    Answers with the six-digit number at once; the same `Idempotency-Key` header again with the same
    number, and files nothing. `email`, `device_id`, `account_id` are not kept:
    nothing here uses them.
    """
    name = key_name(services, fields.get("api_key", "")) or caller.name
    if not name:
        raise RequestError(403, "api_key")
    code = fields.get("service_code", "")
    if not code:
        raise RequestError(400, "service_code_missing")
    if code not in services.community.lexicon.categories:
        raise RequestError(404, "service_code", code=code[:40])
    given = request.headers.get("idempotency-key", "")
    key = f"open311:{services.database.box.digest(f'{name}:{given}')}" if given else ""
    with services.database.begin() as session:
        serialise(session, key or "open311")
        if key and (stored := session.get(Incoming, key)):
            return render(caller.form, "service_requests", [stored.payload], 201)
        ticket = file_external(
            session,
            services.community,
            source=name,
            category=code,
            place=_place(fields),
            place_id=fields.get("address_id", "")[:64],
            description=_description(fields),
            phone="".join(char for char in fields.get("phone", "") if char.isdigit())[:15],
            name=f"{fields.get('last_name', '')}{fields.get('first_name', '')}"[:64],
        )
        url = f"{services.settings.base_url}/t/{ticket.token}"
        made: dict[str, Data] = {
            "service_request_id": ticket.number,
            "service_notice": say("open311.notice", number=ticket.number, url=url),
            "account_id": None,
        }
        if key:
            now = datetime.now(UTC)
            row = Incoming(key=key, kind="open311", payload=made, state="done", created=now)
            session.add(row)
    tickets_total.labels("open311").inc()
    return render(caller.form, "service_requests", [made], 201)


def _place(fields: dict[str, str]) -> str:
    """What says where, in the order the specification prefers; raises 400 when nothing does."""
    address = fields.get("address_string") or fields.get("address") or ""
    lat, long = fields.get("lat", ""), fields.get("long", "")
    if lat or long:
        try:
            right = -90 <= float(lat) <= 90 and -180 <= float(long) <= 180
        except ValueError:
            right = False
        if not right:
            raise RequestError(400, "lat_long")
    if len(address) > 200:
        raise RequestError(400, "too_long", field="address_string", count=200)
    if not (address or lat or fields.get("address_id")):
        raise RequestError(400, "location")
    return address or (f"{lat}，{long}" if lat else "")


def _description(fields: dict[str, str]) -> str:
    words = fields.get("description", "")
    media_url = fields.get("media_url", "")
    if media_url.startswith(("http://", "https://")):
        words = f"{words} {media_url}".strip()
    if len(words) > MOST:
        raise RequestError(400, "too_long", field="description", count=MOST)
    return words
