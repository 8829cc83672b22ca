"""“Already reported, add your voice?”: joined, told, merged at the desk and taken apart again."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from bot.app import create_app
from bot.dialogue.answer import Answer, Inbound
from bot.storage.tables import Notice, Ticket
from bot.tickets.change_state import change_state
from bot.tickets.merge import MergeError, merge
from bot.tickets.similar import similar
from bot.tickets.states import TransitionError
from bot.tickets.verdict import give_verdict
from flows.channel import Channel
from flows.heard import HeardKind
from flows.report import Report
from tests.pages.site import Site
from tests.support.services import make_services


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    services = make_services(tmp_path)
    yield Site(services, TestClient(create_app(services), raise_server_exceptions=False))
    services.database.close()


def _say(site: Site, who: str, text: str) -> Answer:
    return site.services.dialogue.take(
        Inbound(
            channel=Channel.WECHAT, address=who, key=secrets.token_hex(8),
            kind=HeardKind.TEXT, text=text,
        )
    )  # fmt: skip


def _ticket(site: Site, number: str) -> Ticket:
    with site.services.database.read() as session:
        return session.query(Ticket).filter_by(number=number).one()


def _joined(site: Site) -> tuple[Ticket, Ticket]:
    """The ticket that stands, and the neighbour's that was joined to it."""
    first = _say(site, "wang", "3幢2单元楼道灯坏了")
    assert first.ticket is not None
    asked = _say(site, "li", "三号楼二单元楼梯黑漆漆的")
    assert "邻居已经报过了" in asked.text
    assert first.ticket.number not in asked.text
    answer = _say(site, "li", "是的")
    assert answer.ticket is not None
    assert answer.ticket.number in answer.text
    return _ticket(site, first.ticket.number), _ticket(site, answer.ticket.number)


def test_a_neighbour_joins_and_is_told_of_progress(site: Site) -> None:
    standing, joined = _joined(site)
    assert (joined.state, joined.merged_into) == ("merged", standing.id)
    with site.services.database.begin() as session:
        change_state(session, standing.number, "in_progress", "李师傅", "下午来换灯泡")
    page = site.client.get(f"/t/{joined.token}").text
    assert "合在一起办" in page
    assert "下午来换灯泡" in page
    assert standing.number not in page
    asked = _say(site, "li", "灯修得怎么样了")
    assert "正在处理" in asked.text
    site.sign_in("worker")
    assert joined.number in site.client.get(f"/desk/tickets/{standing.number}").text


def test_both_are_told(site: Site) -> None:
    standing, joined = _joined(site)
    told = _told(site)
    with site.services.database.begin() as session:
        change_state(session, standing.number, "resolved", "李师傅", "换好了")
    new = _told(site) - told
    assert {standing.id, joined.id} <= {ticket for ticket, *_ in new}


def _resolved(site: Site) -> tuple[Ticket, Ticket]:
    standing, joined = _joined(site)
    with site.services.database.begin() as session:
        change_state(session, standing.number, "resolved", "李师傅", "换好了")
    return standing, joined


def test_a_neighbours_yes_closes_what_is_done_and_the_other_is_told(site: Site) -> None:
    standing, joined = _resolved(site)
    told = _told(site)
    assert "办结" in _say(site, "li", "修好了").text
    assert _ticket(site, standing.number).state == "closed"
    assert _ticket(site, joined.number).state == "merged"
    assert _since(site, told) == {(standing.id, "closed")}


def test_a_neighbours_no_reopens_it_for_all(site: Site) -> None:
    standing, joined = _resolved(site)
    told = _told(site)
    _say(site, "li", "还没好")
    ticket = _ticket(site, standing.number)
    assert (ticket.state, ticket.alert) == ("reopened", "escalated")
    assert _ticket(site, joined.number).merged_into == standing.id, "nothing was taken apart"
    assert _since(site, told) == {(standing.id, "reopened")}
    site.sign_in("worker")
    assert "还没好" in site.client.get(f"/desk/tickets/{standing.number}").text


def test_whoever_reported_first_may_contradict_the_neighbour(site: Site) -> None:
    standing, joined = _resolved(site)
    _say(site, "li", "修好了")
    told = _told(site)
    _say(site, "wang", "还没好")
    assert _ticket(site, standing.number).state == "reopened"
    assert _since(site, told) == {(joined.id, "reopened")}


def test_a_neighbour_answers_on_the_page(site: Site) -> None:
    standing, joined = _resolved(site)
    page = f"/t/{joined.token}"
    assert f"{page}/verdict" in site.client.get(page).text
    site.client.post(f"{page}/verdict", data={"solved": "no", "words": "三楼还是黑的"})
    assert _ticket(site, standing.number).state == "reopened"
    site.sign_in("worker")
    assert "三楼还是黑的" in site.client.get(f"/desk/tickets/{standing.number}").text


def test_solved_before_the_worker_said_so_asks_the_others(site: Site) -> None:
    standing, joined = _joined(site)
    told = _told(site)
    with site.services.database.begin() as session:
        give_verdict(session, joined.number, solved=True, text="自己亮了")
    assert _ticket(site, standing.number).state == "resolved"
    assert (standing.id, "resolved") in _since(site, told)


def test_no_means_a_ticket_of_its_own(site: Site) -> None:
    _say(site, "wang", "3幢2单元楼道灯坏了")
    _say(site, "li", "3幢2单元楼道灯坏了")
    answer = _say(site, "li", "不是")
    assert answer.ticket is not None
    assert _ticket(site, answer.ticket.number).state == "open"


@pytest.mark.parametrize("other", ["3幢1单元楼道灯坏了", "4幢2单元楼道灯坏了", "3幢2单元电梯坏了"])
def test_another_matter_is_not_asked_about(site: Site, other: str) -> None:
    _say(site, "wang", "3幢2单元楼道灯坏了")
    assert "邻居已经报过了" not in _say(site, "li", other).text


def test_what_is_done_is_not_joined(site: Site) -> None:
    first = site.report("3幢2单元楼道灯坏了")
    with site.services.database.begin() as session:
        change_state(session, first.number, "resolved", "李师傅")
    assert "邻居已经报过了" not in _say(site, "li", "3幢2单元楼道灯坏了").text


def test_what_ended_while_they_were_asked_is_not_joined(site: Site) -> None:
    first = _say(site, "wang", "3幢2单元楼道灯坏了")
    _say(site, "li", "3幢2单元楼道灯坏了")
    assert first.ticket is not None
    with site.services.database.begin() as session:
        change_state(session, first.ticket.number, "dismissed", "陈主任", "不归我们管")
    answer = _say(site, "li", "是的")
    assert answer.ticket is not None
    assert _ticket(site, answer.ticket.number).state == "open"


def test_merged_and_taken_apart_at_the_desk(site: Site) -> None:
    one, two = site.ticket(), site.ticket(description="楼道灯不亮")
    third = site.ticket(description="灯坏了", state="draft")
    site.sign_in("worker", "李师傅")
    path = f"/desk/tickets/{two.number}"
    page = site.client.get(path).text
    assert f"并到 {one.number}" in page or f"并到 {third.number}" in page
    assert "合并好了" in site.post(path, f"{path}/merge", into=one.number).text
    assert site.now(two).merged_into == one.id
    # What was merged into a ticket goes along when that is merged itself.
    path_one = f"/desk/tickets/{one.number}"
    four = site.ticket(description="灯坏", place="和睦新村3幢2单元")
    site.post(path_one, f"{path_one}/merge", into=four.number)
    assert site.now(two).merged_into == four.id
    assert "拆开了" in site.post(path, f"{path}/apart").text
    assert (site.now(two).state, site.now(two).merged_into) == ("reopened", None)
    assert site.now(one).merged_into == four.id


def test_what_cannot_be_merged(site: Site) -> None:
    one, two = site.ticket(), site.ticket()
    site.sign_in("worker")
    path = f"/desk/tickets/{one.number}"
    assert "不能并到自己" in site.post(path, f"{path}/merge", into=one.number).text
    assert "没有单号" in site.post(path, f"{path}/merge", into="000000").text
    with site.services.database.begin() as session:
        change_state(session, two.number, "dismissed", "陈主任", "不办")
        with pytest.raises(MergeError):
            merge(session, one.number, two.number, "李师傅")
        with pytest.raises(TransitionError):
            merge(session, two.number, one.number, "李师傅")
    assert site.now(one).state == "open"


def test_the_same_house_is_searched_no_other(site: Site) -> None:
    lamp = site.ticket()
    site.ticket(place_id="hm/30/2")
    site.ticket(place_id="hm/2/2")
    report = Report.model_validate(lamp.report)
    with site.services.database.read() as session:
        found = similar(session, report, lamp.created, number="")
    assert found is not None
    assert found.place_id == "hm/3/2"


def _told(site: Site) -> set[tuple[str, int, str]]:
    """(ticket's id, notice's id, about) of everything residents are to be told."""
    with site.services.database.read() as session:
        return {(row.ticket_id, row.id, row.about) for row in session.query(Notice)}


def _since(site: Site, told: set[tuple[str, int, str]]) -> set[tuple[str, str]]:
    return {(ticket, about) for ticket, _, about in _told(site) - told}
