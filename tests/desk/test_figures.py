"""Residents' verdicts as figures, by who did it and what it was."""

import re

from bot.desk.figures import verdicts
from bot.storage.tables import Ticket
from bot.tickets.change import change_state
from bot.tickets.house import house
from bot.tickets.verdict import give_verdict
from tests.pages.site import Site


def _says(site: Site, ticket: Ticket, *solved: bool) -> None:
    with site.services.database.begin() as session:
        for yes in solved:
            change_state(session, ticket.number, "resolved", "王师傅")
            give_verdict(session, ticket.number, yes)


def _row(page: str, name: str) -> list[str]:
    cells = page.partition(f'<th scope="row">{name}</th>')[2].partition("</tr>")[0]
    return re.findall(r"<td>(.*?)</td>", cells)


def test_the_last_word_counts_and_a_no_is_not_forgotten(site: Site) -> None:
    for said in ((True,), (False, True), (False,)):
        _says(site, site.ticket(), *said)
    _says(site, site.ticket(category="elevator"), True)
    _says(site, site.ticket(category="elderly_help", organisation="zyz"), True)
    worker_says_so = site.ticket(category="road")
    with site.services.database.begin() as session:
        change_state(session, worker_says_so.number, "resolved", "王师傅")
    site.sign_in("supervisor")
    page = site.client.get("/desk/figures").text
    assert page.index("和睦物业") < page.index("和睦志愿者"), "the one with most answers first"
    assert _row(page, "合计") == ["4", "3", "75%", "2"]
    assert _row(page, "路灯照明") == ["3", "2", "67%", "2"]
    assert _row(page, "电梯") == ["1", "1", "100%", "0"]
    assert not _row(page, "道路破损"), "a worker's word is no resident's"


def test_an_organisation_sees_its_own_and_no_machines(site: Site) -> None:
    _says(site, site.ticket(), True)
    _says(site, site.ticket(category="elderly_help", organisation="zyz"), False)
    with site.services.database.read() as session:
        since = house(session).clock().replace(year=2000)
        found = verdicts(session, since, "zyz")
    assert {whose: (one.answered, one.satisfied) for whose, one in found.items()} == {"zyz": (1, 0)}


def test_nobody_has_answered_yet(site: Site) -> None:
    site.sign_in("volunteer")
    assert "还没有居民回答" in site.client.get("/desk/figures").text
