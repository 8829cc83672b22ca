"""What storage knows of the speaker, as the conversation gets to see it."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.storage.tables import Resident, Ticket
from bot.tickets.house import house
from bot.tickets.joined import standing_for
from flows.channel import Channel
from flows.heard import Known, TicketView
from flows.report import Place

_RECENT = (
    select(Ticket)
    .where(Ticket.resident_id == bindparam("resident"))
    .order_by(Ticket.created.desc(), Ticket.number)
    .limit(5)
)


def known_of(
    session: Session, resident: Resident | None, person_available: bool, *, met: bool = True
) -> Known:
    """met: the resident has been here before; else there is nothing to look for."""
    if resident is None:
        return Known(person_available=person_available)
    tickets = session.scalars(_RECENT, {"resident": resident.id}) if met else ()
    return Known(
        address=Place.model_validate(resident.place) if resident.place else None,
        phone=resident.phone or _line(resident) or None,
        tickets=tuple(ticket_view(session, ticket) for ticket in tickets),
        person_available=person_available,
    )


def found_ticket(
    session: Session, number: str, resident: Resident | None
) -> tuple[TicketView, ...]:
    """The ticket a resident named by its number, or nothing.

    Of somebody else's only what the public board would show: a number can be guessed.
    """
    ticket = session.scalars(select(Ticket).where(Ticket.number == number)).first()
    if ticket is None:
        return ()
    if is_own(ticket, resident):
        return (ticket_view(session, ticket),)
    if ticket.state == "draft":
        return ()
    # Down to the stairwell, as on the public board: `hm/3/2` of `hm/3/2/501`.
    outer = "/".join((ticket.place_id or "").split("/")[:3])
    known = house(session).community.gazetteer.place(outer) if outer else None
    public = {"description": "", "place": known.text if known else "", "note": ""}
    return (ticket_view(session, ticket).model_copy(update=public),)


def is_own(ticket: Ticket, resident: Resident | None) -> bool:
    return resident is not None and ticket.resident_id == resident.id


def ticket_view(session: Session, ticket: Ticket) -> TicketView:
    """A merged one stands as the ticket that stands for it."""
    standing = standing_for(session, ticket)
    return TicketView(
        number=ticket.number,
        state=standing.state,
        category=ticket.category,
        place=ticket.place,
        description=ticket.description,
        updated=standing.updated,
        note=standing.note,
    )


def _line(resident: Resident) -> str:
    """The calling line, when it is a number somebody can dial."""
    address = resident.address
    is_number = address.isascii() and address.isdigit() and 7 <= len(address) <= 15
    return address if resident.channel == Channel.PHONE and is_number else ""
