"""The inbox: a channel's message is stored before anything is done with it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.storage.database import Database
from bot.storage.tables import Incoming


@dataclass(frozen=True)
class Waiting:
    """A message that was received and not finished."""

    key: str
    payload: dict[str, Any]
    attempts: int
    created: datetime


def receive(database: Database, key: str, kind: str, payload: dict[str, Any]) -> bool:
    """Store a message; False when this key came before. Durable when it returns.

    Raises `StorageFull`, and what the database raises when it cannot be reached: then nothing
    was stored and the sender must be told to come again.
    """
    try:
        with database.begin() as session:
            if session.get(Incoming, key) is not None:
                return False
            session.add(Incoming(key=key, kind=kind, payload=payload, created=datetime.now(UTC)))
    except IntegrityError:  # the same message at the same moment, in another thread or process
        return False
    return True


def waiting(database: Database, kind: str, limit: int = 100) -> list[Waiting]:
    """Unfinished messages, oldest first. Two workers may get the same one: the turn's key keeps
    it from being done twice."""
    query = (
        select(Incoming)
        .where(Incoming.state == "waiting", Incoming.kind == kind)
        .order_by(Incoming.created)
        .limit(limit)
    )
    with database.read() as session:
        return [
            Waiting(row.key, row.payload, row.attempts, row.created)
            for row in session.scalars(query)
        ]


def is_done(database: Database, key: str) -> bool:
    """Whether the message was finished, well or not."""
    with database.read() as session:
        row = session.get(Incoming, key)
        return row is not None and row.state != "waiting"


def finish(database: Database, key: str, error: str = "") -> None:
    """Done, or given up with an error that stays visible. What was said is in the turn by now, so
    a done message keeps its key only."""
    with database.begin() as session:
        row = session.get(Incoming, key, with_for_update=True)
        if row is None:
            raise KeyError(key)
        row.attempts += 1
        row.error = error
        row.state = "failed" if error else "done"
        if not error:
            row.payload = {}


def failed_once(database: Database, key: str, error: str) -> int:
    """Note a failed attempt, keep the message waiting; returns the attempts so far."""
    with database.begin() as session:
        row = session.get(Incoming, key, with_for_update=True)
        if row is None:
            raise KeyError(key)
        row.attempts += 1
        row.error = error
        return row.attempts
