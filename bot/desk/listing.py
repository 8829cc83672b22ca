"""`/desk`: the list of tickets, and finding one by its number."""

from itertools import groupby

from fastapi import APIRouter, Depends
from fastapi.requests import Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from bot.desk.live_calls import live_calls
from bot.desk.page import desk_page
from bot.desk.queue import FILTERS, LIMIT, counts, queue
from bot.desk.sight import sees, sees_ticket
from bot.desk.signed import Member, account
from bot.pages.form import clean
from bot.pages.words import say
from bot.services import Services
from bot.tickets.find import find_by_number
from flows.ticket_number import is_ticket_number

router = APIRouter()


@router.get("")
def listing(
    request: Request,
    show: str = "waiting",
    number: str = "",
    member: Member = Depends(account),
    services: Services = Depends(Services.of),
) -> Response:
    profile = services.community.profile
    show = show if show in FILTERS else "waiting"
    wanted = "".join(char for char in clean(number)[:20] if not char.isspace())
    with services.database.read() as session:
        problem = ""
        found = find_by_number(session, wanted) if is_ticket_number(wanted) else None
        if found and sees_ticket(member, found):
            return RedirectResponse(f"/desk/tickets/{wanted}", 303)
        if wanted:
            text = "desk.not_found" if is_ticket_number(wanted) else "desk.bad_number"
            problem = say(text, number=wanted)
        entries = queue(session, show, organisation=member.organisation, mine=member.id)
        groups = [
            (name, list(group)) for name, group in groupby(entries[:LIMIT], lambda e: e.group)
        ]
        return desk_page(
            request, "queue.html", member,
            calls=live_calls(session, member) if sees(member, "phone", profile) else [],
            here="queue", problem=problem, groups=groups,
            counts=counts(session, member.organisation),
            show=show, number=wanted, more=len(entries) > LIMIT, limit=LIMIT,
            status=404 if problem else 200,
        )  # fmt: skip
