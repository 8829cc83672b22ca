"""`/desk/tickets/{number}`: everything about one ticket, and what can be done with it."""

from fastapi import APIRouter, Depends
from fastapi.requests import Request
from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.assistant.summarise import summary_of
from bot.desk.history import history
from bot.desk.page import desk_page
from bot.desk.queue import after
from bot.desk.rights import actions, likeliest
from bot.desk.sight import sees, sees_ticket
from bot.desk.signed import Member, account
from bot.desk.transcript import transcript
from bot.pages.errors import Refused
from bot.residents.duty import roster
from bot.residents.may_learn import may_learn
from bot.residents.told_by import told_by
from bot.services import Services
from bot.storage.tables import OutletTicket, Recording, Staff, Ticket
from bot.tickets.find import find_by_number
from bot.tickets.house import house
from bot.tickets.joined import joined_to, standing_for
from bot.tickets.similar import similar
from bot.tickets.states import ALLOWED
from flows.report import Report, Urgency
from flows.ticket_number import is_ticket_number

router = APIRouter()

LONGEST = 500
"""Characters of a note: what fits a WeChat message (600) with the words around it."""


@router.get("/tickets/{number}")
def show(
    request: Request,
    number: str,
    member: Member = Depends(account),
    services: Services = Depends(Services.of),
) -> Response:
    with services.database.read() as session:
        return ticket_page(request, session, services, member, number)


def ticket_page(
    request: Request,
    session: Session,
    services: Services,
    member: Member,
    number: str,
    *,
    problem: str = "",
    note: str = "",
    status: int = 200,
) -> Response:
    """The page as it stands now; `note` is what somebody wrote and could not save."""
    ticket = find_ticket(session, number, member)
    profile = services.community.profile
    now = house(session).clock()
    sees_phone = sees(member, "phone", profile)
    same = _same(session, ticket)
    offered = actions(member.role, ticket.state)
    suggested = ((ticket.report or {}).get("category") or {}).get("top") or ()
    found = summary_of(session, ticket)
    # The likeliest first, as a language model sees it, if there is one.
    suggested = sorted(suggested, key=lambda code: code != found.get("likely"))
    return desk_page(
        request,
        "ticket.html",
        member,
        ticket=ticket,
        version=version(ticket),
        turns=transcript(session, ticket.conversation_id),
        media=[m for m in recordings(session, ticket) if m.picture or sees_phone],
        sees_phone=sees_phone,
        assignee=session.get(Staff, ticket.assignee) if ticket.assignee else None,
        colleagues=[
            duty
            for duty in roster(session, now)
            if duty.staff.organisation in ("", ticket.organisation)
            and (not member.organisation or duty.staff.organisation == member.organisation)
        ],
        organisations={o.id: o.name for o in profile.organisations},
        history=history(
            session,
            ticket,
            services.wording,
            [field for field in ("phone", "name") if not sees(member, field, profile)],
        ),
        actions=offered,
        likeliest=likeliest(offered, ticket.state),
        summary=found.get("summary", ""),
        suggested=[code for code in suggested if code != ticket.category][:3],
        categories=list(services.community.lexicon.categories),
        urgencies=[urgency.value for urgency in Urgency],
        outlets=of_ticket(session, ticket),
        standing=standing_for(session, ticket),
        joined=[one for one in joined_to(session, ticket) if sees_ticket(member, one)],
        same=same if same and sees_ticket(member, same) else None,
        next=after(session, number, member.organisation),
        told_by=told_by(session, ticket),
        may_learn=may_learn(session, ticket),
        limit=LONGEST,
        problem=problem,
        note=note,
        status=status,
    )


def _same(session: Session, ticket: Ticket) -> Ticket | None:
    """A ticket this one could be merged into."""
    if "merged" not in ALLOWED[ticket.state]:
        return None
    report = Report.model_validate(ticket.report)
    return similar(session, report, ticket.created, ticket.number)


def of_ticket(session: Session, ticket: Ticket) -> list[OutletTicket]:
    """The other systems it was sent to."""
    query = select(OutletTicket).where(OutletTicket.ticket_id == ticket.id)
    return list(session.scalars(query.order_by(OutletTicket.outlet)))


def find_ticket(session: Session, number: str, member: Member) -> Ticket:
    """Raises `Refused` 404 for a number nobody has, and for another organisation's ticket."""
    ticket = find_by_number(session, number) if is_ticket_number(number) else None
    if ticket is None or not sees_ticket(member, ticket):
        raise Refused(404, "desk.not_found", number=number[:12])
    return ticket


def version(ticket: Ticket) -> str:
    """Sent with every form and back: tells whether somebody else changed the ticket meanwhile."""
    return ticket.updated.isoformat()


class Medium:
    """A recording or a picture as the page lists it."""

    def __init__(self, row: Recording) -> None:
        self.id = row.id
        self.created = row.created
        self.picture = row.media_type.startswith("image/")


def recordings(session: Session, ticket: Ticket) -> list[Medium]:
    """What the resident gave in this conversation, or attached to the report, oldest first."""
    attached = tuple((ticket.report or {}).get("attachments") or ())
    query = select(Recording).where(
        or_(
            Recording.id.in_(attached),
            (Recording.conversation_id == ticket.conversation_id)
            & Recording.conversation_id.is_not(None),
        )
    )
    return [Medium(row) for row in session.scalars(query.order_by(Recording.created))]
