"""How a resident wants to be told what becomes of their matters."""

from sqlalchemy.orm import Session

from bot.storage.tables import Resident, Ticket
from bot.tickets.events import add_event

CHOICES = ("", "call", "no_call", "none")
"""By the ladder; they agreed to be called, too; by no call; not at all."""


def told_by(session: Session, ticket: Ticket) -> str:
    resident = session.get(Resident, ticket.resident_id) if ticket.resident_id else None
    return resident.told_by if resident else ""


def set_told_by(session: Session, ticket: Ticket, choice: str, actor: str) -> bool:
    """What they said, and who heard it, stays in the ticket's history: consent with its proof.

    False when nobody is known behind the ticket, or nothing changed. Raises ValueError.
    """
    if choice not in CHOICES:
        raise ValueError(choice)
    resident = session.get(Resident, ticket.resident_id) if ticket.resident_id else None
    if resident is None or resident.told_by == choice:
        return False
    resident.told_by = choice
    add_event(session, ticket, "told_by", actor, told_by=choice or "ladder")
    return True
