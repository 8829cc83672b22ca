"""`/desk/report`: a volunteer types for somebody who stands in front of them.

The real conversation, on `Channel.DESK`: the same questions, the same read-back, the same ticket.
"""

import secrets
from hashlib import sha256

from fastapi import APIRouter, Depends
from fastapi.requests import Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from bot.desk.page import desk_page
from bot.desk.signed import Member, account, posted
from bot.desk.transcript import transcript
from bot.dialogue.answer import Inbound
from bot.pages.errors import Refused
from bot.pages.words import say
from bot.services import Services
from flows.channel import Channel
from flows.heard import HeardKind

router = APIRouter()

LONGEST = 2000
"""Characters of one thing said: ten minutes' typing."""


@router.get("/report")
def start(member: Member = Depends(account)) -> Response:
    return RedirectResponse(f"/desk/report/{secrets.token_hex(8)}", 303)


@router.get("/report/{id}")
def show(
    request: Request,
    id: str,
    member: Member = Depends(account),
    services: Services = Depends(Services.of),
) -> Response:
    return _page(request, services, member, id)


@router.post("/report/{id}")
def turn(
    request: Request,
    id: str,
    member: Member = Depends(account),
    fields: dict[str, str] = Depends(posted),
    services: Services = Depends(Services.of),
) -> Response:
    text = fields.get("text", "")
    if not text:
        return _page(request, services, member, id, problem=say("report.empty"), status=422)
    if len(text) > LONGEST:
        problem = say("ticket.too_long", count=LONGEST)
        return _page(request, services, member, id, problem=problem, status=422)
    # A double click sends the same words for the same turn: one key, done once.
    digest = sha256(text.encode()).hexdigest()[:16]
    services.dialogue.take(
        Inbound(
            channel=Channel.DESK,
            address=_address(member, id),
            key=f"desk:{member.id}:{id}:{fields.get('turn', '')[:4]}:{digest}",
            kind=HeardKind.TEXT,
            text=text,
        )
    )
    return RedirectResponse(f"/desk/report/{id}", 303)


def _page(
    request: Request,
    services: Services,
    member: Member,
    id: str,
    *,
    problem: str = "",
    status: int = 200,
) -> Response:
    answer = services.dialogue.latest(Channel.DESK, _address(member, id))
    with services.database.read() as session:
        lines = transcript(session, answer.conversation if answer else None)
    ticket = answer.ticket if answer and answer.ticket and answer.ticket.state != "draft" else None
    return desk_page(
        request, "report.html", member,
        here="report", id=id, turns=lines, turn=len(lines), ticket=ticket,
        done=bool(answer and answer.done), problem=problem, status=status,
    )  # fmt: skip


def _address(member: Member, id: str) -> str:
    """One person standing there is one address; nobody else's account can go on with it."""
    if not (len(id) == 16 and id.isascii() and id.isalnum()):
        raise Refused(404, "error.404.text")
    return f"{member.id}/{id}"
