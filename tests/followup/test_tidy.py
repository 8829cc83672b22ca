"""The outbox and the inbox do not grow for ever."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.followup.outbox import enqueue
from bot.followup.tidy import KEPT, tidy
from bot.storage.tables import Incoming, Outgoing
from tests.support.services import Clock, make_services


def test_what_arrived_long_ago_is_taken_away(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.followup.tidy._MOST", 2)
    clock = Clock()
    services = make_services(tmp_path, clock=clock, database_url=database_url)
    long_ago = clock() - KEPT - timedelta(minutes=1)
    states = ("sent", "sent", "sent", "failed", "waiting")
    with services.database.begin() as session:
        for number, state in enumerate(states):
            enqueue(session, f"old{number}", "test", {}, long_ago)
            session.flush()
            row = session.scalars(select(Outgoing).where(Outgoing.key == f"old{number}")).one()
            row.state = state
            incoming = {"kind": "wechat", "payload": {}, "created": long_ago}
            done = "done" if state == "sent" else state
            session.add(Incoming(key=f"in{number}", state=done, **incoming))
        enqueue(session, "new", "test", {}, clock() - KEPT + timedelta(minutes=1))
        session.scalars(select(Outgoing).where(Outgoing.key == "new")).one().state = "sent"
    assert [tidy(services.database) for _ in range(4)] == [4, 3, 0, 0]
    with services.database.read() as session:
        assert set(session.scalars(select(Outgoing.key))) == {"old4", "new"}
        # What failed on its way in was nobody's but the desk's, and stays.
        assert set(session.scalars(select(Incoming.key))) == {"in3", "in4"}
    services.database.close()
