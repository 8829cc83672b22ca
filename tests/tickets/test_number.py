"""What happens when the 90,000 numbers run out."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.failure import Failure
from bot.services import Services
from bot.storage.tables import Ticket, TicketEvent
from bot.tickets import number
from bot.tickets.change_state import change_state
from bot.tickets.find import find_by_number
from bot.tickets.house import house
from bot.tickets.number import free_number, give_back
from flows.ticket_number import ticket_number
from tests.support.talking import follower


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers for four tickets."""
    monkeypatch.setattr(number, "_LAST", number._FIRST + 3)


def _report(services: Services, who: str) -> str:
    ticket = follower(services, who).says("三幢二单元楼道灯坏了").ticket
    assert ticket
    return ticket.number


def _ends(services: Services, which: str, days: float, state: str = "dismissed") -> None:
    with services.database.begin() as session:
        ticket = change_state(session, which, state, "陈主任", "不归我们管")
        ticket.updated = house(session).clock() - timedelta(days=days)


def _free(services: Services) -> str:
    with services.database.begin() as session:
        return free_number(session)


@pytest.mark.usefixtures("few")
def test_the_ticket_that_ended_first_gives_its_number_to_the_next(services: Services) -> None:
    numbers = [_report(services, f"o{n}") for n in range(4)]
    assert len(set(numbers)) == 4
    _ends(services, numbers[2], days=100)
    with services.database.read() as session:
        old = find_by_number(session, numbers[2])
        assert old
    newest = _report(services, "o5")
    assert newest == numbers[2]
    with services.database.read() as session:
        kept = session.get_one(Ticket, old.id)
        assert (kept.number, kept.state, kept.token) == ("a00000", "dismissed", old.token)
        history = select(TicketEvent).where(TicketEvent.ticket_id == old.id)
        assert [e.data for e in session.scalars(history) if e.kind == "number"] == [
            {"number": newest}
        ]
        assert session.query(Ticket).count() == 5


@pytest.mark.usefixtures("few")
def test_no_number_of_a_ticket_that_lives_or_ended_lately(services: Services) -> None:
    numbers = [_report(services, f"o{n}") for n in range(4)]
    _ends(services, numbers[0], days=89)
    with pytest.raises(Failure, match="90000"):
        _free(services)


@pytest.mark.usefixtures("few")
def test_nor_of_one_that_is_joined_to_what_is_not_over(services: Services) -> None:
    numbers = [_report(services, f"o{n}") for n in range(4)]
    with services.database.begin() as session:
        ticket, into = (find_by_number(session, n) for n in numbers[:2])
        assert ticket
        assert into
        ticket.merged_into = into.id
    _ends(services, numbers[0], days=1000, state="merged")
    with services.database.begin() as session:
        find = find_by_number(session, numbers[0])
        assert find
        find.merged_into = into.id
    with pytest.raises(Failure):
        _free(services)
    _ends(services, numbers[1], days=1000)
    assert _free(services) in numbers[:2]


def test_numbers_come_back_after_two_years_by_themselves(services: Services) -> None:
    old, young = _report(services, "o1"), _report(services, "o2")
    _ends(services, old, days=731)
    _ends(services, young, days=729)
    with services.database.begin() as session:
        before = house(session).clock() - number.OLD
        assert [give_back(session, before, 10) for _ in range(2)] == [1, 0]
        assert find_by_number(session, old) is None
        assert find_by_number(session, young)


def test_numbers_nobody_can_say_follow_one_another() -> None:
    assert number._base36(int("a00000", 36) + 36) == "a00010"
    assert not ticket_number(10_000).startswith("a")
