"""A row that is written unless one with its key is there already, in one statement."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.storage.tables import Base


def insert_once(
    session: Session,
    model: type[Base],
    key: str,
    values: Mapping[str, Any],
    otherwise: Mapping[str, Any] | None = None,
) -> bool:
    """Whether it was written. key: name of the unique column; otherwise: what the row that is
    there is set to. Waits for whoever is writing the same row; objects of the session stay as
    they are."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    query = insert(model).values(**values)
    if otherwise:
        query = query.on_conflict_do_update(index_elements=[key], set_=dict(otherwise))
    else:
        query = query.on_conflict_do_nothing(index_elements=[key])
    # Not by the count of rows, which not every driver tells.
    with session.no_autoflush:
        return session.scalar(query.returning(getattr(model, key))) is not None
