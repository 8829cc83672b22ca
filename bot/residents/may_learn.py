"""Whether what was misheard of a resident may be used to measure how well the machine hears."""

from sqlalchemy.orm import Session

from bot.storage.tables import Resident, Ticket
from bot.tickets.events import add_event


def may_learn(session: Session, ticket: Ticket) -> bool:
    resident = session.get(Resident, ticket.resident_id) if ticket.resident_id else None
    return resident is not None and resident.may_learn


def set_may_learn(session: Session, ticket: Ticket, agreed: bool, actor: str) -> bool:
    """What they said, and who heard it, stays in the ticket's history: consent with its proof.

    False when nobody is known behind the ticket, or nothing changed.
    """
    resident = session.get(Resident, ticket.resident_id) if ticket.resident_id else None
    if resident is None or resident.may_learn == agreed:
        return False
    resident.may_learn = agreed
    add_event(session, ticket, "may_learn", actor, may_learn=agreed)
    return True
