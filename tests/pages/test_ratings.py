"""What residents say of the work stands on the board, beside whether it is solved."""

import re

from bot.tickets.change_state import change_state
from tests.pages.site import Site
from tests.support.talking import follower


def _figures(site: Site) -> list[tuple[str, str]]:
    """Heading and number of the ratings' table."""
    page = site.client.get("/board").text
    table = page.partition("居民自己怎么说")[2].partition("</table>")[0]
    heads = re.findall(r'<th scope="col">(.*?)</th>', table)
    return list(zip(heads, re.findall(r'<td class="number">(\d+)</td>', table), strict=True))


def test_what_they_said_when_asked_and_later(site: Site) -> None:
    said = {
        "o1": ("修好了，师傅很热心",),
        "o2": ("好了", "不太满意，修了两天"),
        "o3": ("好了",),
        "o4": ("好了", "有点慢", "很满意，现在蛮亮的"),
    }
    for openid, answers in said.items():
        resident = follower(site.services, openid)
        ticket = resident.says("三幢二单元楼道灯坏了").ticket
        if ticket is None or ticket.state != "open":
            ticket = resident.says("不是").ticket  # not the neighbour's matter
        assert ticket
        with site.services.database.begin() as session:
            change_state(session, ticket.number, "resolved", "王师傅")
        for answer in answers:
            resident.says(answer)
    assert _figures(site) == [("说满意的", "2"), ("说不满意的", "1")]


def test_nothing_is_shown_while_nobody_said_anything(site: Site) -> None:
    follower(site.services).says("三幢二单元楼道灯坏了")
    assert _figures(site) == []
