"""Timers on DBOS: they go off once, whatever the clock does."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dbos import DBOS
from sqlalchemy import select

from bot.followup import timers
from bot.residents.told_by import set_told_by
from bot.storage.tables import FollowUp, Notice
from bot.tickets.change import callback_done, correct
from bot.tickets.find import locked
from bot.tickets.follow import timer_key
from bot.tickets.verdict import give_verdict
from tests.followup.days import Days, DaysOnDbos
from tests.support.services import Clock, make_services
from tests.support.talking import follower


@pytest.fixture
def days(tmp_path: Path, database_url: str) -> Iterator[Days]:
    clock = Clock()
    services = make_services(tmp_path, clock=clock, database_url=database_url)
    yield Days(services, clock)
    services.database.close()


@pytest.fixture
def on_dbos(days: Days) -> Iterator[DaysOnDbos]:
    with timers.running(days.services.database, poll=0.05):
        yield DaysOnDbos(days.services, days.clock)


def test_nobody_does_anything(on_dbos: DaysOnDbos) -> None:
    number = on_dbos.reports()
    ticket = on_dbos.ticket(number)
    assert ticket.due == datetime(2026, 12, 10, 16, 0, tzinfo=UTC), "13 working days, midnight"
    on_dbos.pass_to(ticket.due - timedelta(days=3))
    assert on_dbos.history(number) == ["filed"]
    on_dbos.pass_to(ticket.due - timedelta(hours=12))
    assert (on_dbos.history(number)[-1], on_dbos.ticket(number).alert) == ("remind", "soon")
    on_dbos.pass_to(ticket.due)
    assert (on_dbos.history(number)[-1], on_dbos.ticket(number).alert) == ("overdue", "overdue")
    on_dbos.pass_to(ticket.due + timedelta(days=1))
    assert on_dbos.history(number) == ["filed", "remind", "overdue", "escalate"]
    assert on_dbos.ticket(number).alert == "escalated"
    assert on_dbos.ticket(number).updated < ticket.due, "a reminder is nothing new to the resident"
    on_dbos.pass_to(ticket.due + timedelta(days=300))
    assert on_dbos.history(number)[-1] == "escalate"


def test_taking_it_in_hand_keeps_the_deadline_and_solving_it_ends_the_reminders(days: Days) -> None:
    number = days.reports()
    due = days.ticket(number).due
    assert due
    days.clock.at += timedelta(days=2)
    days.changes(number, "assigned")
    days.changes(number, "in_progress")
    assert days.ticket(number).due == due
    days.pass_to(due)
    assert days.ticket(number).alert == "overdue"
    days.changes(number, "resolved")
    days.settle()
    assert (days.ticket(number).alert, days.ticket(number).due) == ("", None)
    assert "escalate" not in days.history(number)


def test_a_correction_moves_the_deadline(days: Days) -> None:
    number = days.reports()
    with days.services.database.begin() as session:
        correct(session, number, "志愿者", days.services.community, urgency="urgent")
    assert days.ticket(number).due == datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    days.pass_to(datetime(2026, 11, 23, 16, 0, tzinfo=UTC))
    assert days.history(number)[-1] == "overdue", "the reminder that is late by now is left out"
    days.pass_to(datetime(2026, 12, 31, tzinfo=UTC))
    assert days.history(number).count("overdue") == 1
    assert days.history(number)[-1] == "escalate"


def test_what_was_cut_off_is_reminded_of(days: Days) -> None:
    answer = follower(days.services).says("灯坏了")
    assert answer.ticket
    assert answer.ticket.state == "draft"
    days.pass_to(days.clock.at + timedelta(days=2))
    assert days.ticket(answer.ticket.number).alert == "soon"


def test_silence_closes(days: Days) -> None:
    number = days.reports()
    days.changes(number, "resolved")
    days.tells(number)
    days.pass_to(days.clock.at + timedelta(days=6))
    assert days.ticket(number).state == "resolved"
    days.pass_to(days.clock.at + timedelta(days=1))
    assert days.ticket(number).state == "closed"
    with days.services.database.read() as session:
        about = [notice.about for notice in session.scalars(select(Notice).order_by(Notice.id))]
    assert about == ["resolved", "asked_again", "closed_unheard"]


def test_the_silence_of_somebody_who_was_never_asked_is_none(days: Days) -> None:
    number = days.reports()
    days.changes(number, "resolved")
    days.pass_to(days.clock.at + timedelta(days=7))
    assert (days.ticket(number).state, days.ticket(number).alert) == ("resolved", "untold")
    assert days.history(number)[-2:] == ["untold", "callback"]
    assert days.ticket(number).callback == "tell", "somebody is asked to tell them"
    days.pass_to(days.clock.at + timedelta(days=100))
    assert days.ticket(number).state == "resolved"
    days.changes(number, "closed")
    assert days.ticket(number).alert == ""


def test_who_was_asked_late_has_all_the_days_to_answer(days: Days) -> None:
    number = days.reports()
    days.changes(number, "resolved")
    days.pass_to(days.clock.at + timedelta(days=5))
    days.tells(number)
    days.pass_to(days.clock.at + timedelta(days=6, hours=23))
    assert (days.ticket(number).state, days.ticket(number).alert) == ("resolved", "")
    days.pass_to(days.clock.at + timedelta(hours=1))
    assert days.ticket(number).state == "closed"


def test_a_message_that_arrives_after_the_last_day_takes_the_task_from_the_desk(days: Days) -> None:
    number = days.reports()
    days.changes(number, "resolved")
    days.pass_to(days.clock.at + timedelta(days=7))
    days.tells(number)
    assert (days.ticket(number).alert, days.ticket(number).callback) == ("", "")
    days.pass_to(days.clock.at + timedelta(days=6, hours=23))
    assert days.ticket(number).state == "resolved"
    days.pass_to(days.clock.at + timedelta(hours=1))
    assert days.ticket(number).state == "closed"


def test_the_desk_asks_in_person(days: Days) -> None:
    number = days.reports()
    days.changes(number, "resolved")
    days.pass_to(days.clock.at + timedelta(days=7))
    with days.services.database.begin() as session:
        callback_done(session, number, "小陈")
    assert days.ticket(number).alert == ""
    days.pass_to(days.clock.at + timedelta(days=7))
    assert days.ticket(number).state == "closed"


def test_nobody_knocks_at_the_door_of_those_who_want_to_hear_nothing(days: Days) -> None:
    number = days.reports()
    with days.services.database.begin() as session:
        set_told_by(session, locked(session, number), "none", "小陈")
    days.changes(number, "resolved")
    days.pass_to(days.clock.at + timedelta(days=7))
    ticket = days.ticket(number)
    assert (ticket.state, ticket.alert, ticket.callback) == ("resolved", "untold", "")


def test_no_means_the_supervisor_and_a_new_deadline(days: Days) -> None:
    number = days.reports()
    days.changes(number, "resolved")
    days.clock.at += timedelta(days=2)
    with days.services.database.begin() as session:
        give_verdict(session, number, solved=False, text="还是不亮")
    ticket = days.ticket(number)
    assert (ticket.state, ticket.alert) == ("reopened", "escalated")
    assert ticket.due == datetime(2026, 12, 14, 16, 0, tzinfo=UTC)
    assert days.history(number)[-3:] == ["verdict", "state", "escalate"]


def test_a_clock_that_jumps_ahead_says_one_thing_and_the_way_back_repeats_nothing(
    on_dbos: DaysOnDbos,
) -> None:
    number, start = on_dbos.reports(), on_dbos.clock.at
    on_dbos.pass_to(start + timedelta(days=3650))
    assert on_dbos.history(number) == ["filed", "escalate"]
    on_dbos.changes(number, "resolved")
    on_dbos.tells(number)
    on_dbos.settle()
    # Back to the right time: silence is counted from now, not from ten years ahead.
    on_dbos.pass_to(start + timedelta(days=1))
    assert on_dbos.ticket(number).state == "resolved"
    on_dbos.pass_to(start + timedelta(days=7))
    assert on_dbos.ticket(number).state == "resolved"
    on_dbos.pass_to(start + timedelta(days=8, minutes=1))
    assert on_dbos.ticket(number).state == "closed"
    assert on_dbos.history(number).count("escalate") == 1


def test_dbos_lost_everything_it_knew(on_dbos: DaysOnDbos) -> None:
    number = on_dbos.reports()
    due = on_dbos.ticket(number).due
    assert due
    on_dbos.settle()
    with on_dbos.services.database.read() as session:
        row = session.scalars(select(FollowUp)).one()
    DBOS.delete_workflows([timer_key(row)])
    on_dbos.pass_to(due)
    assert on_dbos.ticket(number).alert == "overdue"
