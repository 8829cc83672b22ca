"""Reading tickets: `requests`, `requests/{id}` and `tokens/{token}`.

What the public sees: kind, place down to the unit, state and times; never the resident's words,
telephone number, name or door. A caller with an `api_key` also gets the words, the exact place and
the worker's note, because that system is to act on them; telephone number and name never.
Drafts are nobody's business yet and are not listed.
"""

from fastapi import APIRouter, Depends
from fastapi.requests import Request
from fastapi.responses import Response

from bot.outlets.open311.caller import Caller, without_ending
from bot.outlets.open311.query import Query
from bot.outlets.open311.render import render
from bot.outlets.open311.request_error import RequestError
from bot.outlets.open311.request_view import request_view
from bot.services import Services
from bot.storage.tables import Ticket
from bot.tickets.find import find_by_number, find_by_token
from flows.ticket_number import is_ticket_number

router = APIRouter()


@router.get("/requests")
@router.get("/requests.{ending}", include_in_schema=False)
def request_list(
    request: Request,
    service_request_id: str = "",
    service_code: str = "",
    start_date: str = "",
    end_date: str = "",
    status: str = "",
    page: str = "",
    page_size: str = "",
    caller: Caller = Depends(Caller.of),
    services: Services = Depends(Services.of),
) -> Response:
    """Newest first; the last 90 days or 1000 requests, as the specification says.

    Several values are separated by commas. `service_request_id` overrides the other filters.
    `page` (from 1) and `page_size` (at most 1000) are the usual extension.
    """
    query = Query.parse(
        service_request_id=service_request_id,
        service_code=service_code,
        start_date=start_date,
        end_date=end_date,
        status=status,
        page=page,
        page_size=page_size,
        codes=services.community.lexicon.categories,
    )
    with services.database.read() as session:
        found = session.scalars(query.select())
        listed = [request_view(ticket, services, caller) for ticket in found]
    return render(caller.form, "service_requests", listed)


@router.get("/requests/{service_request_id}")
def one_request(
    service_request_id: str,
    caller: Caller = Depends(Caller.of),
    services: Services = Depends(Services.of),
) -> Response:
    """One ticket, in a list of one, as the specification says."""
    number = without_ending(service_request_id)
    with services.database.read() as session:
        ticket = find_by_number(session, number) if is_ticket_number(number) else None
        if ticket is None or ticket.state == "draft":
            raise RequestError(404, "request_id", id=number[:40])
        view = request_view(ticket, services, caller)
    return render(caller.form, "service_requests", [view])


@router.get("/tokens/{token}")
def token(
    token: str,
    caller: Caller = Depends(Caller.of),
    services: Services = Depends(Services.of),
) -> Response:
    """The number that belongs to a token: the last part of a ticket's page address.

    POST answers with the number at once, so nobody needs this to wait for one.
    """
    value = without_ending(token)
    ticket: Ticket | None = None
    with services.database.read() as session:
        if value.isascii() and value.isprintable():
            ticket = find_by_token(session, value)
        if ticket is None or ticket.state == "draft":
            raise RequestError(404, "token")
        view = {"service_request_id": ticket.number, "token": ticket.token}
    return render(caller.form, "service_requests", [view])
