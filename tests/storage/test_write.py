"""A row written at once: as whole as one that the session itself writes."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import event, inspect, select
from sqlalchemy.exc import IntegrityError

from bot.services import Services
from bot.storage.tables import Outgoing, Resident
from bot.storage.write import write

_AT = datetime(2026, 11, 24, tzinfo=UTC)


def _resident() -> Resident:
    return Resident(id="r", channel="phone", address_hash="h", address="138", created=_AT, seen=_AT)


def test_defaults_and_encryption_are_the_tables(services: Services) -> None:
    statements: list[str] = []
    with services.database.begin() as session:
        event.listen(session.connection(), "before_cursor_execute",
                     lambda *seen: statements.append(seen[2]))  # fmt: skip
        resident = write(session, _resident())
        assert (resident.name, resident.pace, resident.may_learn) == ("", "normal", False)
        assert session.get(Resident, "r") is resident
        assert resident not in session.dirty
        assert len(statements) == 1, "nothing is read again"
        resident.name = "王秀英"
    with services.database.read() as session:
        found = session.get_one(Resident, "r")
        values = {name.key: getattr(found, name.key) for name in inspect(Resident).column_attrs}
        assert values == {name: getattr(resident, name) for name in values}
        assert found.name == "王秀英"


def test_the_database_numbers_it(services: Services) -> None:
    with services.database.begin() as session:
        rows = [
            write(session, Outgoing(key=key, kind="k", payload={}, due=_AT, created=_AT))
            for key in ("a", "b")
        ]
        assert rows[0].id < rows[1].id
    with services.database.read() as session:
        assert session.scalars(select(Outgoing.id).order_by(Outgoing.id)).all() == [
            row.id for row in rows
        ]


def test_what_may_not_be_twice_is_refused_and_nothing_stays(services: Services) -> None:
    def twice() -> None:
        with services.database.begin() as session:
            write(session, _resident())
            write(session, _resident())

    with pytest.raises(IntegrityError):
        twice()
    with services.database.read() as session:
        assert session.scalars(select(Resident)).all() == []
