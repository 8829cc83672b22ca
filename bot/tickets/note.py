from sqlalchemy.orm import Session

from bot.storage.tables import Ticket
from bot.tickets.events import RESIDENT, add_event
from bot.tickets.find import locked


def add_note(session: Session, which: Ticket | str, actor: str, text: str) -> Ticket:
    """Something said about a ticket. Staff's is the latest word to the resident, shown on the
    ticket's page; a resident's is kept in the history. Raises `TicketMissing`."""
    ticket = locked(session, which)
    if actor != RESIDENT:
        ticket.note = text
    add_event(session, ticket, "note", actor, text=text)
    return ticket
