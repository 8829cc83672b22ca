"""The outbox: what must still reach somebody is written in the commit that makes it so."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.storage.once import insert_once
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
    now = datetime.now(UTC)
    row = {"key": key, "kind": kind, "payload": payload, "due": due or now, "created": now}
    return insert_once(session, Outgoing, "key", {**row, "state": "waiting"})
