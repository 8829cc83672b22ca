"""The inbox under several hands, on both databases."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot.channels.wechat.budget import Budget
from bot.channels.wechat.ledger import Finished, Ledger
from bot.channels.wechat.message import Message
from bot.channels.wechat.tokens import Tokens
from bot.storage.box import Box
from bot.storage.database import Database
from bot.storage.tables import Outgoing

BOX = Box("a secret for tests only")


@pytest.fixture
def databases(database_url: str) -> Iterator[list[Database]]:
    """Two, as two processes have them."""
    both = [Database(database_url, BOX), Database(database_url, BOX)]
    both[0].migrate()
    yield both
    for database in both:
        database.close()


def message(content: str = "灯坏了", msg_id: str = "1") -> Message:
    return Message(
        openid="oLi",
        account="gh_1",
        kind="text",
        created=int(time.time()),
        msg_id=msg_id,
        fields={"Content": content},
    )


def outbox(database: Database) -> list[dict[str, str]]:
    with database.read() as session:
        return list(session.scalars(select(Outgoing.payload).order_by(Outgoing.id)))


def test_a_message_is_received_once(databases: list[Database]) -> None:
    ledgers = [Ledger(database) for database in databases]
    with ThreadPoolExecutor(20) as pool:
        entries = list(pool.map(lambda n: ledgers[n % 2].receive([message()])[0], range(40)))
    assert len({entry.created for entry in entries}) == 1
    assert not any(entry.is_done for entry in entries)


def test_an_answer_is_kept_and_pushed_once(databases: list[Database]) -> None:
    ledgers = [Ledger(database) for database in databases]
    ledgers[0].receive([message()])
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: ledgers[n % 2].push(message(), "好的"), range(16)))
    assert outbox(databases[0]) == [{"openid": "oLi", "text": "好的"}]
    (again,) = ledgers[1].receive([message()])
    assert (again.is_done, again.answer) == (True, "好的")


def test_what_waits_is_due_at_ever_longer_intervals(databases: list[Database]) -> None:
    ledger = Ledger(databases[0])
    ledger.receive([message()])
    assert ledger.overdue(timedelta(seconds=15)) == []
    (overdue,) = ledger.overdue(timedelta(0))
    assert overdue.message == message().model_copy(update={"created": overdue.message.created})
    ledger.failed_once(message(), "no luck")
    assert ledger.overdue(timedelta(seconds=0.2)) == []
    time.sleep(0.5)
    assert [o.attempts for o in ledger.overdue(timedelta(seconds=0.2))] == [1]
    ledger.finish([Finished(message(), "")])
    assert ledger.overdue(timedelta(0)) == []


def test_neither_who_nor_what_lies_in_clear(databases: list[Database]) -> None:
    Ledger(databases[0]).receive([message("灯坏了", msg_id="42")])
    with databases[0].read() as session:
        row = session.execute(text("SELECT * FROM inbox")).one()
    seen = b"|".join(
        bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row
    )
    assert b"42" in seen
    assert b"oLi" not in seen
    assert "灯坏了".encode() not in seen


def test_processes_get_the_same_token(databases: list[Database]) -> None:
    asked: list[bool] = []

    def fetch(force: bool) -> tuple[str, int]:
        asked.append(force)
        time.sleep(0.2)
        return "token", 7200

    tokens = [Tokens(database, "wx1", fetch) for database in databases]
    with ThreadPoolExecutor(50) as pool:
        assert set(pool.map(lambda n: tokens[n % 2].get(), range(100))) == {"token"}
    assert len(asked) <= 2, "once a process at most; stable_token gives both the same"


def test_who_writes_may_be_answered_five_times_and_a_repetition_gives_no_more(
    databases: list[Database],
) -> None:
    """The budget is refilled in the commit that stores the message."""
    budget = Budget(databases[1])
    Ledger(databases[0]).receive([message()])
    assert [budget.spend("oLi") for _ in range(6)] == ["message"] * 5 + [None]
    Ledger(databases[0]).receive([message()])
    assert budget.spend("oLi") is None
    Ledger(databases[0]).receive([message("谢谢", "2")])
    assert budget.spend("oLi") == "message"
