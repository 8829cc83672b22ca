"""A ticket's history: only ever added to, in the transaction of the change itself."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.outlets.publish import publish
from bot.storage.tables import Ticket, TicketEvent
from bot.storage.write import write
from bot.tickets.house import house

RESIDENT = "resident"
SYSTEM = "system"

QUIET = frozenset(
    {
        "remind",
        "overdue",
        "escalate",
        "untold",
        "told",
        "outlet",
        "summary",
        "calling",
        "connected",
        "number",
    }
)
"""Kinds that are about the work, not the matter: nothing that a resident hears as “as of today”,
nor a change that somebody at the desk could run into."""


def add_event(session: Session, ticket: Ticket, kind: str, actor: str, **data: Any) -> TicketEvent:
    """Note what happened and when. Plain JSON in `data`; a list of two is “from, to”."""
    return add_event_at(session, ticket, kind, actor, data, house(session).clock())


def add_event_at(
    session: Session, ticket: Ticket, kind: str, actor: str, data: dict[str, Any], at: datetime
) -> TicketEvent:
    # A resident who asks how it stands (their words become a note) must not hear “as of today”.
    if not (kind == "note" and actor == RESIDENT) and kind not in QUIET:
        ticket.updated = at
    # At once, for its id is wanted, and alone: what else changed is written once, at the end.
    event = write(
        session, TicketEvent(ticket_id=ticket.id, at=at, actor=actor[:64], kind=kind, data=data)
    )
    publish(session, ticket, event)
    return event
