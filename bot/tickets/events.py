"""A ticket's history: only ever added to, in the transaction of the change itself."""

from typing import Any

from sqlalchemy.orm import Session

from bot.outlets.publish import publish
from bot.storage.tables import Ticket, TicketEvent
from bot.tickets.house import house

RESIDENT = "resident"
SYSTEM = "system"

QUIET = frozenset({"remind", "overdue", "escalate", "untold", "told", "outlet", "summary"})
"""Kinds that are about the work, not the matter: nothing that a resident hears as “as of today”,
nor a change that somebody at the desk could run into."""


def add_event(session: Session, ticket: Ticket, kind: str, actor: str, **data: Any) -> TicketEvent:
    """Note what happened and when. Plain JSON in `data`; a list of two is “from, to”."""
    now = house(session).clock()
    # A resident who asks how it stands (their words become a note) must not hear “as of today”.
    if not (kind == "note" and actor == RESIDENT) and kind not in QUIET:
        ticket.updated = now
    event = TicketEvent(ticket_id=ticket.id, at=now, actor=actor[:64], kind=kind, data=data)
    session.add(event)
    session.flush()
    publish(session, ticket, event)
    return event
