import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.followup.dispatcher import TRIES, Dispatcher
from bot.followup.outbox import enqueue
from bot.followup.outcome import GiveUp, NotYet, Outcome, Retry, Sent
from bot.services import Services
from bot.storage.tables import Outgoing
from tests.support.killed import Doomed
from tests.support.services import make_services


def _put(services: Services, *keys: str, due: datetime | None = None) -> None:
    with services.database.begin() as session:
        for key in keys:
            enqueue(session, key, "test", {"key": key}, due)


def _row(services: Services, key: str) -> Outgoing:
    with services.database.read() as session:
        return session.scalars(select(Outgoing).where(Outgoing.key == key)).one()


def _make_due(services: Services) -> None:
    with services.database.begin() as session:
        for row in session.scalars(select(Outgoing)):
            row.due = datetime.now(UTC)


def test_each_is_delivered_once_and_a_key_is_queued_once(services: Services) -> None:
    got: list[str] = []

    def deliver(payload: dict[str, Any]) -> Outcome:
        got.append(payload["key"])
        return Sent()

    _put(services, "a", "b")
    _put(services, "a")
    _put(services, "later", due=datetime.now(UTC) + timedelta(hours=1))
    dispatcher = Dispatcher(services.database, {"test": deliver})
    assert dispatcher.once() == 2
    assert dispatcher.once() == 0
    assert got == ["a", "b"]
    assert _row(services, "a").state == "sent"


def test_what_rolls_back_is_never_sent(services: Services) -> None:
    try:
        with services.database.begin() as session:
            enqueue(session, "a", "test", {})
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    assert Dispatcher(services.database, {"test": lambda _: Sent()}).once() == 0


def test_a_failure_waits_longer_each_time_and_ends_visibly(services: Services) -> None:
    def deliver(_: dict[str, Any]) -> Outcome:
        raise ConnectionError("微信不在")

    dispatcher = Dispatcher(services.database, {"test": deliver})
    _put(services, "a")
    waits = []
    for _ in range(TRIES):
        before = datetime.now(UTC)
        assert dispatcher.once() == 1
        waits.append(round((_row(services, "a").due - before).total_seconds()))
        assert dispatcher.once() == 0, "not before it is due"
        _make_due(services)
    assert waits[:4] == [5, 10, 20, 40]
    assert max(waits[:-1]) == 3600
    row = _row(services, "a")
    assert (row.state, row.attempts) == ("failed", TRIES)
    assert "微信不在" in row.error


def test_a_worker_that_was_killed_is_no_attempt_of_the_message(services: Services) -> None:
    class Killed(BaseException):
        pass

    def die(_: dict[str, Any]) -> Outcome:
        raise Killed

    _put(services, "a")
    for _ in range(TRIES + 1):
        with pytest.raises(Killed):
            Dispatcher(services.database, {"test": die}).once()
        assert Dispatcher(services.database, {"test": die}).once() == 0, "left to its claimer"
        _make_due(services)
    assert Dispatcher(services.database, {"test": lambda _: Sent()}).once() == 1
    assert (_row(services, "a").state, _row(services, "a").attempts) == ("sent", 1)


def test_what_must_not_be_told_yet_waits_as_long_and_no_longer(services: Services) -> None:
    _put(services, "a")
    for _ in range(TRIES + 1):
        before = datetime.now(UTC)
        Dispatcher(services.database, {"test": lambda _: NotYet("休息时间", 60)}).once()
        wait = (_row(services, "a").due - before).total_seconds()
        assert wait == pytest.approx(60, abs=10)
        _make_due(services)
    assert (_row(services, "a").state, _row(services, "a").attempts) == ("waiting", 0)


def test_giving_up_is_at_once_and_a_longer_wait_is_respected(services: Services) -> None:
    outcomes: dict[str, Outcome] = {"a": GiveUp("已取消关注"), "b": Retry("限流", after=600)}
    _put(services, "a", "b")
    Dispatcher(services.database, {"test": lambda p: outcomes[p["key"]]}).once()
    assert (_row(services, "a").state, _row(services, "a").error) == ("failed", "已取消关注")
    assert _row(services, "b").due > datetime.now(UTC) + timedelta(seconds=590)


def test_a_kind_nobody_here_delivers_stays(services: Services) -> None:
    _put(services, "a")
    assert Dispatcher(services.database, {}).once() == 0
    assert _row(services, "a").state == "waiting"


def test_two_dispatchers_share_and_send_nothing_twice(services: Services) -> None:
    url = services.settings.database
    other = make_services(services.settings.home, database_url=url)
    got: list[str] = []

    def deliver(payload: dict[str, Any]) -> Outcome:
        got.append(payload["key"])
        time.sleep(0.005)
        return Sent()

    _put(services, *(f"m{n}" for n in range(40)))
    dispatchers = [Dispatcher(s.database, {"test": deliver}) for s in (services, other)] * 2

    def work(dispatcher: Dispatcher) -> None:
        until = time.monotonic() + 30
        while len(got) < 40 and time.monotonic() < until:
            dispatcher.once()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, dispatchers))
    assert sorted(got) == sorted(f"m{n}" for n in range(40))
    other.database.close()


def _stuck(tell: Callable[[str], None], services: Services) -> None:
    own = make_services(services.settings.home, database_url=services.settings.database)

    def deliver(payload: dict[str, Any]) -> Outcome:
        tell(payload["key"])
        time.sleep(60)
        return Sent()

    Dispatcher(own.database, {"test": deliver}).once()


def test_killed_while_delivering_it_is_delivered_again(services: Services) -> None:
    _put(services, "a")
    process = Doomed(_stuck, services)
    assert process.next() == "a"
    process.kill()
    dispatcher = Dispatcher(services.database, {"test": lambda _: Sent()})
    assert dispatcher.once() == 0, "its lease holds"
    _make_due(services)
    assert dispatcher.once() == 1
    assert _row(services, "a").state == "sent"


def test_it_runs_until_told_to_stop(services: Services) -> None:
    _put(services, "a")

    async def run() -> None:
        stop = asyncio.Event()
        dispatcher = Dispatcher(services.database, {"test": lambda _: Sent()}, pause=0.02)
        running = asyncio.create_task(dispatcher.run(stop))
        for _ in range(500):
            await asyncio.sleep(0.02)
            if _row(services, "a").state == "sent":
                break
        stop.set()
        await asyncio.wait_for(running, 10)

    asyncio.run(run())
    assert _row(services, "a").state == "sent"
