import re
from datetime import UTC, datetime, timedelta

import pytest

from bot.desk.queue import age
from tests.pages.site import Site

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def listed(html: str) -> list[str]:
    return re.findall(r'href="/desk/tickets/(\d{6})"', html)


def test_who_waits_for_a_call_first_then_drafts_then_the_oldest(site: Site) -> None:
    site.sign_in("volunteer")
    day = timedelta(days=1)
    young = site.ticket(created=NOW - day)
    old = site.ticket(created=NOW - 3 * day)
    draft = site.ticket(state="draft", created=NOW)
    danger = site.ticket(urgency="emergency", created=NOW)
    call = site.ticket(state="resolved", callback="asked", created=NOW - day)
    site.ticket(state="resolved")
    site.ticket(state="closed", urgency="emergency")
    order = [t.number for t in (call, danger, draft, old, young)]
    page = site.client.get("/desk").text
    assert listed(page) == order
    assert page.index("先办") < page.index("没报完的，听") < page.index("等着办的，先来")


def test_next_leads_through_the_whole_queue(site: Site) -> None:
    """Six tickets are worked through without going back to the list."""
    site.sign_in("worker")
    numbers = [site.ticket(created=NOW + timedelta(hours=n)).number for n in range(6)]
    seen = [numbers[0]]
    while len(seen) < 6:
        path = f"/desk/tickets/{seen[-1]}"
        page = site.post(path, f"{path}/state", state="resolved", note="好了").text
        follow = re.search(r'class="button" href="/desk/tickets/(\d+)"', page)
        assert follow
        seen.append(follow[1])
    assert seen == numbers


@pytest.mark.parametrize("show", ["draft", "resolved", "dismissed", "merged", "closed", "open"])
def test_each_filter_shows_its_state(site: Site, show: str) -> None:
    site.sign_in("volunteer")
    states = ("draft", "open", "resolved", "dismissed", "merged", "closed")
    tickets = {state: site.ticket(state=state) for state in states}
    assert listed(site.client.get(f"/desk?show={show}").text) == [tickets[show].number]
    assert len(listed(site.client.get("/desk?show=all").text)) == 6


def test_a_number_leads_to_its_ticket(site: Site) -> None:
    site.sign_in("volunteer")
    ticket = site.ticket(state="closed")
    spaced = f"{ticket.number[:3]} {ticket.number[3:]}"
    found = site.client.get("/desk", params={"number": spaced})
    assert found.url.path == f"/desk/tickets/{ticket.number}"


@pytest.mark.parametrize(
    ("number", "said"), [("572005", "没有单号是 572005"), ("57", "六位"), ("我的单子", "六位")]
)
def test_a_number_that_leads_nowhere(site: Site, number: str, said: str) -> None:
    site.sign_in("volunteer")
    answer = site.client.get("/desk", params={"number": number})
    assert answer.status_code == 404
    assert said in answer.text


def test_an_empty_list_says_so(site: Site) -> None:
    site.sign_in("volunteer")
    assert "没有单子" in site.client.get("/desk").text


@pytest.mark.parametrize(
    ("past", "said"),
    [
        (timedelta(seconds=30), "刚刚"),
        (timedelta(seconds=-30), "刚刚"),
        (timedelta(minutes=59), "59 分钟前"),
        (timedelta(hours=47), "47 小时前"),
        (timedelta(days=3), "3 天前"),
    ],
)
def test_age(past: timedelta, said: str) -> None:
    assert age(NOW - past, NOW) == said
