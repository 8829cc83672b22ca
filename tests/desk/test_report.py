import re

from sqlalchemy import func, select

from bot.storage.tables import Ticket
from tests.pages.site import Site, hidden


def start(site: Site) -> str:
    return str(site.client.get("/desk/report").url.path)


def test_a_volunteer_types_for_somebody_and_prints_the_slip(site: Site) -> None:
    site.sign_in("volunteer")
    path = start(site)
    answer = site.post(path, path, text="和睦新村3幢2单元楼道的灯坏了，黑漆漆的")
    assert answer.status_code == 200
    assert "黑漆漆的" in answer.text
    slip = re.search(r'href="(/desk/tickets/(\d{6})/slip)"', answer.text)
    assert slip, "sure reports at the desk are filed in the same turn"
    assert site.client.get(slip[1]).status_code == 200
    with site.services.database.read() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == slip[2])).one()
    assert (ticket.channel, ticket.state, ticket.category) == ("desk", "open", "lighting")
    assert ticket.place_id == "hm/3/2"


def test_the_next_person_is_somebody_else(site: Site) -> None:
    site.sign_in("volunteer")
    for words in ("3幢2单元楼道灯坏了", "5幢1单元电梯坏了"):
        path = start(site)
        site.post(path, path, text=words)
    with site.services.database.read() as session:
        tickets = list(session.scalars(select(Ticket)))
    assert {t.category for t in tickets} == {"lighting", "elevator"}
    assert len({t.conversation_id for t in tickets}) == 2


def test_a_double_click_is_one_turn(site: Site) -> None:
    site.sign_in("volunteer")
    path = start(site)
    fields = {**hidden(site.client.get(path).text, path), "text": "3幢2单元楼道灯坏了"}
    for _ in range(2):
        answer = site.client.post(path, data=fields)
    assert answer.text.count('class="them"') == 1
    with site.services.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Ticket)) == 1


def test_what_will_not_do(site: Site) -> None:
    site.sign_in("volunteer")
    path = start(site)
    assert site.post(path, path, text=" ").status_code == 422
    assert site.post(path, path, text="长" * 2001).status_code == 422
    assert site.client.get("/desk/report/short").status_code == 404
