"""Finding tickets, for reading (`find_…`, `list_tickets`) or for a change (`locked`)."""

from collections.abc import Sequence

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from bot.storage.tables import Ticket


class TicketMissing(KeyError):
    """No ticket has this number or id."""


def find_by_number(session: Session, number: str) -> Ticket | None:
    for held in session.identity_map.values():  # a turn holds a few and asks often
        if isinstance(held, Ticket) and held.number == number:
            return held
    return session.scalars(select(Ticket).where(Ticket.number == number)).first()


def find_by_token(session: Session, token: str) -> Ticket | None:
    """By the secret part of its page's address."""
    return session.scalars(select(Ticket).where(Ticket.token == token)).first()


def locked(session: Session, which: Ticket | str) -> Ticket:
    """The ticket (by itself, its number or its id), nobody else changing it until the commit.

    Raises `TicketMissing`.
    """
    wanted = which.id if isinstance(which, Ticket) else which
    session.flush()
    query = select(Ticket).where((Ticket.id == wanted) | (Ticket.number == wanted))
    fresh = query.with_for_update().execution_options(populate_existing=True)
    ticket = session.scalars(fresh).first()
    if ticket is None:
        raise TicketMissing(wanted)
    return ticket


def list_tickets(
    session: Session,
    *,
    states: Sequence[str] = (),
    category: str = "",
    organisation: str = "",
    resident_id: str = "",
    place_id: str = "",
    limit: int = 100,
    offset: int = 0,
) -> list[Ticket]:
    """Who must be called back first, then what is most urgent, then the newest.

    `place_id` finds everything in that place: `hm/3` also what is in `hm/3/2/501`.
    """
    query = select(Ticket)
    if states:
        query = query.where(Ticket.state.in_(states))
    if category:
        query = query.where(Ticket.category == category)
    if organisation:
        query = query.where(Ticket.organisation == organisation)
    if resident_id:
        query = query.where(Ticket.resident_id == resident_id)
    if place_id:
        inside = Ticket.place_id.startswith(f"{place_id}/", autoescape=True)
        query = query.where((Ticket.place_id == place_id) | inside)
    urgency = case({"emergency": 0, "urgent": 1}, value=Ticket.urgency, else_=2)
    order = (Ticket.callback == "", urgency, Ticket.created.desc(), Ticket.number)
    return list(session.scalars(query.order_by(*order).limit(limit).offset(offset)))
