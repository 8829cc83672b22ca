"""One row for one key, on both databases."""

from datetime import UTC, datetime

from sqlalchemy import select

from bot.services import Services
from bot.storage.once import insert_all_once, insert_once
from bot.storage.tables import Incoming

_AT = datetime(2026, 11, 24, tzinfo=UTC)


def test_the_second_one_is_not_written_or_only_changes_what_it_may(services: Services) -> None:
    row = {"key": "k", "kind": "wechat", "payload": {"n": 1}, "state": "waiting", "created": _AT}
    for expected in (True, False):
        with services.database.begin() as session:
            assert insert_once(session, Incoming, "key", row) is expected
    with services.database.begin() as session:
        again = {**row, "payload": {"n": 2}}
        again["state"] = "done"
        assert insert_all_once(session, Incoming, "key", [again], ("state",)) == ["k"]
    with services.database.read() as session:
        (found,) = session.scalars(select(Incoming))
        assert (found.payload, found.state, found.attempts) == ({"n": 1}, "done", 0)
