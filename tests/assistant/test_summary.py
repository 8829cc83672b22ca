"""A line for the desk, after the commit; everything else is as it would be without."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.assistant.model import Suggestion
from bot.assistant.queue import SUMMARY, ask_for_summary
from bot.assistant.summarise import Summarise
from bot.followup.dispatcher import Dispatcher
from bot.storage.tables import Outgoing
from tests.pages.site import Site

WORDS = "三幢二单元501室，我叫陈小妹，楼道里那个灯不亮了"


class Console:
    """Says what it is told to and keeps what it was asked."""

    def __init__(self, says: Suggestion | None) -> None:
        self.says = says
        self.asked: list[tuple[str, list[str]]] = []

    def suggest(self, words: str, choices: Sequence[tuple[str, str]]) -> Suggestion | None:
        self.asked.append((words, [code for code, _ in choices]))
        return self.says


@pytest.fixture
def assisted(site: Site) -> Site:
    info = site.services.database.info
    info["house"] = replace(info["house"], assistant=True)
    return site


def _summarise(site: Site, model: Console) -> int:
    database = site.services.database
    return Dispatcher(database, {SUMMARY: Summarise(database, model)}).once()


def test_a_line_at_the_desk_marked_as_the_machines(assisted: Site) -> None:
    ticket = assisted.report(WORDS)
    model = Console(Suggestion("楼道灯不亮", ""))
    assert _summarise(assisted, model) == 1
    ((words, _),) = model.asked
    assert "501" not in words
    assert "陈小妹" not in words
    assert "灯不亮了" in words
    assisted.sign_in("volunteer")
    page = assisted.client.get(f"/desk/tickets/{ticket.number}").text
    assert "机器写的摘要，仅供参考：楼道灯不亮" in page
    now = assisted.now(ticket)
    assert (now.category, now.place_id, now.state, now.updated) == (
        ticket.category,
        ticket.place_id,
        ticket.state,
        ticket.updated,
    )
    assert _summarise(assisted, model) == 0


def test_nothing_useful_changes_nothing(assisted: Site) -> None:
    ticket = assisted.report(WORDS)
    assert _summarise(assisted, Console(None)) == 1
    assisted.sign_in("volunteer")
    page = assisted.client.get(f"/desk/tickets/{ticket.number}").text
    assert "机器写的摘要" not in page
    assert _summarise(assisted, Console(None)) == 0


def test_without_a_model_nothing_is_queued(site: Site) -> None:
    site.report(WORDS)
    with site.services.database.read() as session:
        assert not session.scalars(select(Outgoing).where(Outgoing.kind == SUMMARY)).all()


def test_only_a_doubtful_category_is_put_to_it(assisted: Site) -> None:
    sure, doubtful = Console(None), Console(None)
    assisted.report(WORDS)
    _summarise(assisted, sure)
    assert sure.asked[0][1] == []
    report = assisted.ticket().report
    report = {**report, "category": {**report["category"], "confidence": 0.3}}
    ticket = assisted.ticket(report=report)
    with assisted.services.database.begin() as session:
        ask_for_summary(session, ticket)
    _summarise(assisted, doubtful)
    assert doubtful.asked[0][1] == ["lighting", "power", "road"]
