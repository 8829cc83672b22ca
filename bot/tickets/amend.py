"""The resident corrected or added something after filing."""

from sqlalchemy.orm import Session

from bot.storage.tables import Ticket
from bot.tickets.events import RESIDENT, add_event
from bot.tickets.fill import fill
from bot.tickets.find import locked
from bot.tickets.follow import follow
from bot.tickets.house import house
from flows.report import Report


def amend_ticket(session: Session, number: str, report: Report) -> Ticket:
    """Raises `TicketMissing`."""
    ticket = locked(session, number)
    changed = fill(ticket, report, house(session).community)
    if changed:
        follow(session, ticket, add_event(session, ticket, "amended", RESIDENT, **changed))
    return ticket
