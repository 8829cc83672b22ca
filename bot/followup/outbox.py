"""The outbox: what must still reach somebody is written in the commit that makes it so."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.storage.tables import Outgoing


def enqueue(
    session: Session,
    key: str,
    kind: str,
    payload: dict[str, Any],
    due: datetime | None = None,
) -> bool:
    """Queue a message for the adapter `kind`; False when this key was queued before.

    It goes out after the commit, at `due` (aware; empty: at once), at least once.
    """
    if session.scalar(select(Outgoing.id).where(Outgoing.key == key)) is not None:
        return False
    now = datetime.now(UTC)
    session.add(Outgoing(key=key, kind=kind, payload=payload, due=due or now, created=now))
    session.flush()
    return True
