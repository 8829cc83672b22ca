"""`/desk/outlets`: how the queues to other platforms stand; and sending a refused message again."""

from dataclasses import dataclass

from fastapi import APIRouter, Depends
from fastapi.requests import Request
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.desk.change import At
from bot.desk.page import desk_page
from bot.desk.sight import own_staff
from bot.desk.signed import Member
from bot.outlets.again import send_again
from bot.outlets.profile import Outlet
from bot.services import Services
from bot.storage.tables import OutletTicket, Ticket
from bot.tickets.house import house

router = APIRouter()

_MOST = 100
_LATELY = 20


@dataclass
class Line:
    name: str
    kind: str
    waiting: int = 0
    sent: int = 0
    failed: int = 0
    conflicts: int = 0


@router.get("/outlets")
def outlets(
    request: Request,
    member: Member = Depends(own_staff),
    services: Services = Depends(Services.of),
) -> Response:
    with services.database.read() as session:
        return desk_page(
            request, "outlets.html", member,
            here="outlets", outlets=_lines(session, house(session).outlets),
            troubled=_troubled(session), lately=_lately(session),
        )  # fmt: skip


@router.post("/tickets/{number}/outlets/{outlet}")
def again(outlet: str, at: At = Depends()) -> Response:
    """Send once more what this outlet refused."""

    def change(session: Session, ticket: Ticket) -> str:
        return "outlets.again_done" if send_again(session, ticket, outlet) else "ticket.nothing"

    return at.apply(change)


def _lines(session: Session, outlets: tuple[Outlet, ...]) -> list[Line]:
    lines = {outlet.name: Line(outlet.name, outlet.kind) for outlet in outlets}
    counted = select(OutletTicket.outlet, OutletTicket.state, func.count())
    for name, state, count in session.execute(
        counted.group_by(OutletTicket.outlet, OutletTicket.state)
    ):
        if name in lines:
            setattr(lines[name], state, count)
    conflicts = select(OutletTicket.outlet, func.count()).where(OutletTicket.conflict != "")
    for name, count in session.execute(conflicts.group_by(OutletTicket.outlet)):
        if name in lines:
            lines[name].conflicts = count
    return list(lines.values())


def _lately(session: Session) -> list[tuple[OutletTicket, Ticket]]:
    """What went where, the newest first."""
    query = (
        select(OutletTicket, Ticket)
        .join(Ticket, Ticket.id == OutletTicket.ticket_id)
        .order_by(OutletTicket.id.desc())
        .limit(_LATELY)
    )
    return [(row, ticket) for row, ticket in session.execute(query)]


def _troubled(session: Session) -> list[tuple[OutletTicket, Ticket]]:
    """Conflicts and refusals, the newest first."""
    query = (
        select(OutletTicket, Ticket)
        .join(Ticket, Ticket.id == OutletTicket.ticket_id)
        .where((OutletTicket.conflict != "") | (OutletTicket.state == "failed"))
        .order_by(OutletTicket.updated.desc())
        .limit(_MOST)
    )
    return [(row, ticket) for row, ticket in session.execute(query)]
