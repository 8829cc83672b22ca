"""What nobody needs any more is taken away, a little at a time."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.storage.database import Database
from bot.storage.tables import Incoming, Outgoing
from bot.tickets.house import house
from bot.tickets.number import OLD, give_back

KEPT = timedelta(days=30)
"""How long what arrived, or never can, stays in outbox and inbox. What a ticket's history and an
outlet's receipt say stays for good; no sender repeats a message after so long."""
_MOST = 1000
"""Rows at a time, so that nobody has to wait for it."""
_NUMBERS = 200


def tidy(database: Database) -> int:
    """One round; returns how many rows it took away or numbers it freed. Less than `_MOST`: there
    is nothing more for now."""
    with database.begin() as session:
        now = house(session).clock()
        freed = give_back(session, now - OLD, _NUMBERS)
        return _outbox(session, now - KEPT) + _inbox(session, now - KEPT) + freed


def _outbox(session: Session, before: datetime) -> int:
    # `due` of a finished row is the end of the lease under which it was delivered.
    old = select(Outgoing.id).where(Outgoing.state.in_(("sent", "failed")), Outgoing.due < before)
    gone = session.execute(
        delete(Outgoing).where(Outgoing.id.in_(old.limit(_MOST))).returning(Outgoing.id)
    )
    return len(gone.all())


def _inbox(session: Session, before: datetime) -> int:
    old = select(Incoming.key).where(Incoming.state == "done", Incoming.created < before)
    gone = session.execute(
        delete(Incoming).where(Incoming.key.in_(old.limit(_MOST))).returning(Incoming.key)
    )
    return len(gone.all())
