"""A ticket's life: states, notices, corrections, history."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.services import Services
from bot.storage.tables import Notice, Ticket, TicketEvent
from bot.tickets.change import (
    ReasonMissing,
    TransitionError,
    add_note,
    callback_done,
    change_state,
    correct,
)
from bot.tickets.draft import Origin
from bot.tickets.external import file_external
from bot.tickets.file import file_ticket
from bot.tickets.find import TicketMissing, find_by_number, find_by_token, list_tickets
from bot.tickets.number import free_number
from bot.tickets.states import ALLOWED
from bot.tickets.verdict import give_verdict
from flows.report import Category, Place, Report
from flows.ticket_number import ticket_number
from tests.support.talking import follower

LAMP = "三幢二单元楼道灯坏了"


def _filed(services: Services, openid: str = "oAbCdEf") -> str:
    ticket = follower(services, openid).says(LAMP).ticket
    assert ticket
    assert ticket.state == "open"
    return ticket.number


def _notices(session: Session) -> list[tuple[str, str]]:
    return [(n.about, n.note) for n in session.scalars(select(Notice).order_by(Notice.id))]


def test_every_change_is_told_and_kept(services: Services) -> None:
    number = _filed(services)
    with services.database.begin() as session:
        change_state(session, number, "assigned", "王师傅")
        change_state(session, number, "in_progress", "王师傅")
        change_state(session, number, "resolved", "王师傅", "换了灯泡")
    with services.database.read() as session:
        ticket = find_by_number(session, number)
        assert ticket
        assert (ticket.state, ticket.note) == ("resolved", "换了灯泡")
        assert _notices(session) == [
            ("assigned", ""),
            ("in_progress", ""),
            ("resolved", "换了灯泡"),
        ]
        events = session.scalars(
            select(TicketEvent).where(TicketEvent.kind == "state").order_by(TicketEvent.id)
        ).all()
        assert [event.data["state"] for event in events] == [
            ["open", "assigned"],
            ["assigned", "in_progress"],
            ["in_progress", "resolved"],
        ]


def test_the_residents_own_verdict_is_not_told_back(services: Services) -> None:
    number = _filed(services)
    with services.database.begin() as session:
        change_state(session, number, "resolved", "王师傅")
        give_verdict(session, number, solved=False, text="还是不亮")
        assert len(_notices(session)) == 1
        ticket = find_by_number(session, number)
        assert ticket
        assert ticket.state == "reopened"
        give_verdict(session, number, solved=True)
        assert ticket.state == "closed"
        give_verdict(session, number, solved=True)
        assert ticket.state == "closed"


@pytest.mark.parametrize("old", sorted(ALLOWED))
def test_only_what_is_allowed_happens(services: Services, old: str) -> None:
    number = _filed(services)
    for new in ALLOWED:
        with services.database.begin() as session:
            ticket = find_by_number(session, number)
            assert ticket
            ticket.state = old
        with services.database.begin() as session:
            if new in ALLOWED[old]:
                assert change_state(session, number, new, "王师傅", "原因").state == new
            else:
                with pytest.raises(TransitionError):
                    change_state(session, number, new, "王师傅", "原因")
                assert find_by_number(session, number).state == old  # type: ignore[union-attr]


def test_dismissing_needs_a_reason_and_the_resident_is_told_it(services: Services) -> None:
    number = _filed(services)
    with services.database.begin() as session:
        with pytest.raises(ReasonMissing):
            change_state(session, number, "dismissed", "主管", "  ")
        change_state(session, number, "dismissed", "主管", "不归社区管，请打 12345")
        assert _notices(session) == [("dismissed", "不归社区管，请打 12345")]


def test_a_correction_keeps_what_was_and_routes_anew(services: Services) -> None:
    number = _filed(services)
    community = services.community
    with services.database.begin() as session:
        assert correct(
            session, number, "志愿者", community,
            category="elderly_help", place="hm/5/1", urgency="urgent", phone="13900001111",
        )  # fmt: skip
        ticket = find_by_number(session, number)
        assert ticket
        assert (ticket.category, ticket.place_id, ticket.urgency) == (
            "elderly_help",
            "hm/5/1",
            "urgent",
        )
        assert ticket.organisation == community.profile.routing["elderly_help"]
        report = Report.model_validate(ticket.report)
        assert report.category
        assert report.category.confidence == 1.0
        assert {"category", "place"} <= report.confirmed
        event = session.scalars(select(TicketEvent).where(TicketEvent.kind == "corrected")).one()
        assert event.actor == "志愿者"
        assert event.data["category"] == ["lighting", "elderly_help"]
        assert not correct(session, number, "志愿者", community, category="elderly_help")
        assert correct(session, number, "志愿者", community, words="路灯不亮")
        assert ticket.description == "路灯不亮"
        assert correct(session, number, "志愿者", community, place="老槐树下面")
        assert (ticket.place, ticket.place_id) == ("老槐树下面", None)


def test_notes_of_staff_reach_the_page_and_a_residents_do_not_touch_the_time(
    services: Services,
) -> None:
    number = _filed(services)
    with services.database.begin() as session:
        add_note(session, number, "王师傅", "明天上午来")
        ticket = find_by_number(session, number)
        assert ticket
        before = ticket.updated
        add_note(session, number, "resident", "怎么样了")
        assert (ticket.note, ticket.updated) == ("明天上午来", before)


def test_who_must_be_called_back_is_on_top_until_somebody_did(services: Services) -> None:
    first = _filed(services)
    follower(services, "oOther").says("十三幢二单元楼道灯坏了")
    follower(services).says("转人工")
    with services.database.begin() as session:
        top = list_tickets(session)[0]
        assert top.callback == "asked"
        callback_done(session, top, "志愿者", "打通了")
        assert top.callback == ""
        assert top.number != first or len(list_tickets(session)) == 2


def test_another_system_files_a_ticket(services: Services) -> None:
    with services.database.begin() as session:
        ticket = file_external(
            session,
            services.community,
            source="city",
            category="lighting",
            place="和睦新村3幢2单元",
            description="灯不亮",
            phone="13800001234",
        )
        assert (ticket.state, ticket.channel, ticket.source) == ("open", "open311", "city")
        assert (ticket.place, ticket.place_id) == ("和睦新村3幢2单元", "hm/3/2")
        unknown = file_external(
            session, services.community, source="city", category="other", place="", place_id="x/9"
        )
        assert (unknown.place, unknown.place_id) == ("x/9", None)
        assert find_by_token(session, ticket.token) is ticket


def test_a_list_by_place_state_and_kind(services: Services) -> None:
    number = _filed(services)
    follower(services, "oOther").says("十三幢二单元楼道灯坏了")
    with services.database.read() as session:
        assert [t.number for t in list_tickets(session, place_id="hm/3")] == [number]
        assert len(list_tickets(session, category="lighting", states=("open",))) == 2
        assert list_tickets(session, states=("closed",)) == []
        assert list_tickets(session, organisation="zyz") == []


def test_an_unknown_number_is_missing(services: Services) -> None:
    with services.database.begin() as session, pytest.raises(TicketMissing):
        change_state(session, "572005", "closed", "王师傅")


def test_filing_twice_files_once(services: Services) -> None:
    report = Report(
        words=("灯坏了",),
        category=Category(code="lighting", confidence=1),
        place=Place(text="东门", id="hm/东门"),
    )
    origin = Origin("phone", datetime.now(UTC))
    with services.database.begin() as session:
        ticket = file_ticket(session, "572005", report, origin)
        assert file_ticket(session, "572005", report, origin) is ticket
        events = session.scalars(select(TicketEvent.kind).order_by(TicketEvent.id)).all()
        assert events == ["filed"]


def test_a_free_number_is_found_when_nearly_none_is_left(services: Services) -> None:
    with services.database.begin() as session:
        row = {
            "state": "closed", "channel": "phone", "category": "other", "urgency": "normal",
            "place": "", "description": "", "phone": "", "name": "", "report": {},
            "organisation": "", "callback": "", "note": "", "source": "",
            "created": datetime.now(UTC), "updated": datetime.now(UTC),
        }  # fmt: skip
        taken = [
            {**row, "id": f"{n}", "number": ticket_number(n), "token": f"{n}"}
            for n in range(10_000, 20_000)
        ]
        session.execute(Ticket.__table__.insert(), taken)  # type: ignore[attr-defined]
        numbers = {free_number(session) for _ in range(50)}
        assert all(number >= "200000" for number in numbers)
        assert len(numbers) > 1
