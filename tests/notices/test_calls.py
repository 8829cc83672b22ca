"""The queue of calls to residents: who is called, when, how often; never twice for one thing."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.followup.outcome import GiveUp, NotYet, Sent
from bot.notices.call_book import CallBook, Job
from bot.notices.phone_queue import PATIENCE, PhoneQueue
from bot.notices.profile import Calls
from bot.storage.tables import Notice, OutgoingCall, Resident
from tests.notices.told import Told

CALLS = Calls(tries=3, every=30)
PHONE = "13800001234"


class Called:
    """A resident who agreed to be called about a lamp that was mended."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.queue = PhoneQueue(told.services.database, CALLS)
        self.book = CallBook(told.services.database, CALLS)
        told.clock.at = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # ten in Shanghai
        self.number = told.calls_in(PHONE)
        with told.services.database.begin() as session:
            for resident in session.scalars(select(Resident)):
                resident.told_by = "call"
        told.changes(self.number, "assigned", "resolved")
        told.deliver(caller=self.queue, once=True)

    def next_rung(self) -> None:
        self.told.deliver(caller=self.queue, once=True)

    @property
    def row(self) -> OutgoingCall:
        with self.told.services.database.read() as session:
            return session.scalars(select(OutgoingCall).order_by(OutgoingCall.id.desc())).first()  # type: ignore[return-value]

    @property
    def callback(self) -> str:
        return self.told.ticket(self.number).callback

    def job(self) -> Job:
        job = self.book.claim()
        assert job
        return job


@pytest.fixture
def called(told: Told) -> Called:
    return Called(told)


def test_a_call_that_reached_them_ends_the_notice(called: Called) -> None:
    job = called.job()
    assert (job.address, [news.about for news in job.news]) == (PHONE, ["resolved"])
    assert called.book.claim() is None, "one telephone only"
    called.book.talking(job)
    called.book.reached(job)
    called.next_rung()
    assert called.told.states() == ["told"]
    assert called.told.attempts(called.number) == [("call", True)]
    assert called.callback == ""


def test_three_tries_half_an_hour_apart_and_then_the_next_way(called: Called) -> None:
    begun = called.told.clock.at
    for nth in range(1, 4):
        called.book.missed(called.job(), "no_answer")
        called.next_rung()
        assert called.callback == ("" if nth < 3 else "tell")
        assert called.book.claim() is None
        called.told.clock.at = begun + timedelta(minutes=30 * nth)
    assert called.book.claim() is None


@pytest.mark.parametrize("why", ["machine", "no_such_number"])
def test_what_another_try_would_not_change_is_not_tried_again(called: Called, why: str) -> None:
    called.book.missed(called.job(), why)
    called.next_rung()
    assert called.callback == "tell"


def test_retries_wait_for_the_hours(called: Called) -> None:
    called.told.clock.at = datetime(2026, 11, 24, 3, 20, tzinfo=UTC)  # 11:20
    called.book.missed(called.job(), "busy")
    called.told.clock.at = called.row.due  # 11:50
    assert called.book.claim() is None
    assert called.row.due == datetime(2026, 11, 24, 6, 30, tzinfo=UTC)  # 14:30
    called.told.clock.at = called.row.due
    assert called.job()


def test_who_took_their_consent_back_meanwhile_is_not_called(called: Called) -> None:
    with called.told.services.database.begin() as session:
        for resident in session.scalars(select(Resident)):
            resident.told_by = "no_call"
    assert called.book.claim() is None
    assert called.row.result == "no_consent"


@pytest.mark.parametrize("talking", [False, True])
def test_a_call_whose_process_was_killed_is_not_made_again(called: Called, talking: bool) -> None:
    job = called.job()
    if talking:
        called.book.talking(job)
    called.next_rung()
    assert called.row.state in ("dialling", "talking")
    with called.told.services.database.begin() as session:
        session.get_one(OutgoingCall, called.row.id).busy_until = datetime.now(UTC)
    called.next_rung()
    assert (called.row.state, called.row.result) == ("failed", "interrupted")
    assert called.callback == "tell"
    assert called.book.claim() is None


def test_without_a_telephone_the_next_way_is_taken(called: Called) -> None:
    called.told.clock.at += PATIENCE + timedelta(minutes=1)
    called.next_rung()
    assert called.row.result == "nobody_dialled"
    assert called.callback == "tell"


def test_what_comes_while_a_call_waits_is_told_in_the_same_call(called: Called) -> None:
    called.told.changes(called.number, "reopened", "resolved")
    called.next_rung()
    job = called.job()
    with called.told.services.database.read() as session:
        notices = [n.id for n in session.scalars(select(Notice)) if n.about == "resolved"]
        assert session.scalars(select(OutgoingCall)).one().last == notices[-1]
    assert len(job.news) == 1
    called.book.reached(job)
    assert called.told.states() == ["told", "told"]


def test_what_comes_after_a_call_is_a_call_of_its_own(called: Called) -> None:
    job = called.job()
    called.book.reached(job)
    called.next_rung()
    called.told.changes(called.number, "reopened", "resolved")
    called.next_rung()
    assert called.job().id != job.id


def test_the_outcomes_the_ladder_sees(called: Called) -> None:
    said = called.told.said()
    assert isinstance(called.queue.call(said), NotYet)
    job = called.job()
    assert isinstance(called.queue.call(said), NotYet)
    called.book.missed(job, "machine")
    assert called.queue.call(said) == GiveUp("接电话的是机器，没有留话")
    assert not isinstance(called.queue.call(said), Sent)
