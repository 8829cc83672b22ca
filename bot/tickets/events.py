"""A ticket's history: only ever added to, in the transaction of the change itself."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, inspect
from sqlalchemy.orm import Session, make_transient_to_detached

from bot.outlets.publish import publish
from bot.storage.tables import Ticket, TicketEvent
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
    now = house(session).clock()
    # A resident who asks how it stands (their words become a note) must not hear “as of today”.
    if not (kind == "note" and actor == RESIDENT) and kind not in QUIET:
        ticket.updated = now
    event = _written(session, ticket, now, actor[:64], kind, data)
    publish(session, ticket, event)
    return event


def _written(
    session: Session, ticket: Ticket, at: datetime, actor: str, kind: str, data: dict[str, Any]
) -> TicketEvent:
    """At once, for its id is wanted, and alone: what else changed is written once, at the end."""
    if inspect(ticket).pending:
        session.flush()  # the first event of a ticket refers to it
    values = {"ticket_id": ticket.id, "at": at, "actor": actor, "kind": kind, "data": data}
    query = insert(TicketEvent).values(**values).returning(TicketEvent.id)
    with session.no_autoflush:
        id = session.execute(query).scalar_one()
    event = TicketEvent(id=id, **values)
    make_transient_to_detached(event)
    session.add(event)
    return event
