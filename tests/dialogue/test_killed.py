"""kill -9 in the middle of a turn: what was answered stands, what was not is done again, once."""

import random
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from bot.dialogue.answer import Answer
from bot.services import Services
from bot.storage.tables import ConversationRow, Ticket, TicketEvent, TurnRow
from flows.heard import HeardKind
from tests.support.killed import Doomed
from tests.support.services import make_services
from tests.support.talking import follower

ROUNDS = 8


def _talk(tell: Callable[[tuple[int, str]], None], home: Path, url: str, first: int) -> None:
    services = make_services(home, database_url=url)
    for n in range(first, 10_000):
        tell((n, ""))
        answer = _report(services, n)
        assert answer.ticket
        tell((n, answer.ticket.number))


def _report(services: Services, n: int) -> Answer:
    resident = follower(services, f"o{n % 7}")
    return resident.take(
        HeardKind.TEXT, "三幢二单元501室老人要人送饭", key=f"m{n}", conversation=f"c{n}"
    )


def test_nothing_committed_is_lost_and_nothing_is_done_twice(services: Services) -> None:
    home, url = services.settings.home, services.settings.database
    promised: dict[int, str] = {}
    begun = 0
    follower(make_services(home / "warm")).says("灯坏了")
    random.seed(5)
    for round_ in range(ROUNDS):
        process = Doomed(_talk, home, url, begun)
        told = [process.next()]
        if round_ % 2:
            told.append(process.next())  # however busy the machine: every other one gets to answer
        time.sleep(random.uniform(0.0, 0.6))
        told += process.kill()
        for n, number in told:
            begun = n  # in doubt: done again by the next process, under the same key
            if number:
                promised[n] = number
    again = make_services(services.settings.home, database_url=url)
    _report(again, begun)
    with again.database.read() as session:
        tickets = {t.conversation_id: t for t in session.scalars(select(Ticket))}
        keys = list(session.scalars(select(TurnRow.key)))
        assert sorted(keys) == sorted(f"m{n}" for n in range(begun + 1))
        assert len(tickets) == begun + 1
        for done, promise in promised.items():
            assert tickets[f"c{done}"].number == promise
        for ticket in tickets.values():
            filed = select(TicketEvent).where(
                TicketEvent.ticket_id == ticket.id, TicketEvent.kind == "filed"
            )
            assert len(session.scalars(filed).all()) == 1
        assert {row.turns for row in session.scalars(select(ConversationRow))} == {1}
    assert len(promised) >= ROUNDS // 2, "the processes lived long enough to say something"
    again.database.close()
