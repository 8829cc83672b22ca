"""A row that is written unless one with its key is there already, in one statement."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.storage.tables import Base


def insert_once(session: Session, model: type[Base], key: str, values: Mapping[str, Any]) -> bool:
    """Whether it was written. key: name of the unique column. Waits for whoever is writing the same
    row; objects of the session stay as they are."""
    return bool(insert_all_once(session, model, key, [values]))


def insert_all_once(
    session: Session,
    model: type[Base],
    key: str,
    rows: Sequence[Mapping[str, Any]],
    otherwise: tuple[str, ...] = (),
) -> list[Any]:
    """Keys of those that were written; the same columns in every row.

    otherwise: columns that are set to the new values in a row that is there; then no key may come
    twice.
    """
    query = _query(session.get_bind().dialect.name, model, key, otherwise)
    # Not by the count of rows, which not every driver tells.
    with session.no_autoflush:
        return list(session.scalars(query, [dict(row) for row in rows]))


@cache
def _query(dialect: str, model: type[Base], key: str, otherwise: tuple[str, ...]) -> Executable:
    """Built once: building and hashing it takes longer than sending it."""
    table = model.table()
    query = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
    if otherwise:
        new = {name: query.excluded[name] for name in otherwise}
        query = query.on_conflict_do_update(index_elements=[key], set_=new)
    else:
        query = query.on_conflict_do_nothing(index_elements=[key])
    return query.returning(table.c[key])
