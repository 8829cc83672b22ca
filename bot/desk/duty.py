"""`/desk/duty`: who is on duty and how busy; taking, handing on and forwarding a ticket."""

from fastapi import APIRouter, Depends
from fastapi.requests import Request
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.desk.change import At, Mistake
from bot.desk.page import desk_page
from bot.desk.rights import actions
from bot.desk.signed import Member, account, flash, posted
from bot.pages.errors import Refused
from bot.pages.words import say
from bot.residents.duty import roster, set_duty
from bot.services import Services
from bot.storage.tables import Staff, Ticket
from bot.tickets.assign import forward, hand_on, take
from bot.tickets.change import change_state
from bot.tickets.house import house

router = APIRouter()

COMMUNITY = "community"
"""What the form calls the community's own staff, as the profile's routing does."""


@router.get("/duty")
def duty(
    request: Request,
    member: Member = Depends(account),
    services: Services = Depends(Services.of),
) -> Response:
    with services.database.read() as session:
        people = roster(session, house(session).clock(), member.organisation or None)
        return desk_page(
            request, "duty.html", member,
            here="duty", people=people, organisations=names(services), lead=_leads(member),
        )  # fmt: skip


@router.post("/duty/{staff_id}")
def sign_on(
    request: Request,
    staff_id: str,
    member: Member = Depends(account),
    fields: dict[str, str] = Depends(posted),
    services: Services = Depends(Services.of),
) -> Response:
    """On or off duty: oneself, or a supervisor for anybody of theirs."""
    with services.database.begin() as session:
        staff = session.get(Staff, staff_id)
        if staff is None or not (staff.id == member.id or _may_set(member, staff)):
            raise Refused(403, "error.403.text")
        set_duty(staff, fields.get("on") == "yes", house(session).clock())
    flash(request, "duty.saved")
    return RedirectResponse("/desk/duty", 303)


@router.post("/tickets/{number}/take")
def take_it(at: At = Depends()) -> Response:
    """Mine; what was open is assigned with it, where the role may do that."""

    def change(session: Session, ticket: Ticket) -> str:
        take(session, ticket, session.get_one(Staff, at.member.id))
        if ticket.state in ("open", "reopened") and "assigned" in actions(
            at.member.role, ticket.state
        ):
            change_state(session, ticket, "assigned", at.member.name)
        return "duty.taken"

    return at.apply(change)


@router.post("/tickets/{number}/hand-on")
def hand_it_on(at: At = Depends()) -> Response:
    def change(session: Session, ticket: Ticket) -> str:
        to = session.get(Staff, at.fields.get("to", ""))
        if to is None or to.organisation not in ("", ticket.organisation):
            raise Mistake(say("duty.nobody"))
        hand_on(session, ticket, to, at.member.name, at.note)
        return "duty.handed"

    return at.apply(change)


@router.post("/tickets/{number}/forward")
def forward_it(at: At = Depends()) -> Response:
    """To another organisation; whoever is not of the community no longer sees it then."""
    wanted = at.fields.get("organisation", "")
    code = "" if wanted == COMMUNITY else wanted

    def change(session: Session, ticket: Ticket) -> str:
        if wanted != COMMUNITY and wanted not in names(at.services):
            raise Mistake(say("duty.no_organisation"))
        if code == ticket.organisation:
            raise Mistake(say("duty.theirs"))
        if not at.note:
            raise Mistake(say("duty.reason_missing"))
        forward(session, ticket, code, at.member.name, at.note)
        return "duty.forwarded"

    return at.apply(change, after="/desk" if at.member.organisation else "")


def names(services: Services) -> dict[str, str]:
    """The organisations' ids and names."""
    return {o.id: o.name for o in services.community.profile.organisations}


def _leads(member: Member) -> bool:
    return member.role in ("supervisor", "admin")


def _may_set(member: Member, staff: Staff) -> bool:
    return _leads(member) and member.organisation in ("", staff.organisation)
