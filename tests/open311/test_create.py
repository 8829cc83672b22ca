from dataclasses import replace
from xml.etree import ElementTree

import pytest
from sqlalchemy import func, select

from bot.storage.tables import Ticket
from tests.pages.site import Site

PATH = "/open311/v2/requests.json"
GOOD = {
    "api_key": "secret-key",
    "service_code": "lighting",
    "address_string": "和睦新村3幢2单元",
    "description": "楼道灯不亮",
}


def count(site: Site) -> int:
    with site.services.database.read() as session:
        return session.scalar(select(func.count()).select_from(Ticket)) or 0


def test_another_system_files_a_ticket(site: Site) -> None:
    answer = site.client.post(
        PATH, data={**GOOD, "phone": "138-0000-1234", "last_name": "王", "first_name": "秀英"}
    )
    assert answer.status_code == 201
    (entry,) = answer.json()
    number = entry["service_request_id"]
    with site.services.database.read() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
    assert (ticket.state, ticket.source, ticket.channel) == ("open", "城管", "open311")
    assert (ticket.category, ticket.place_id) == ("lighting", "hm/3/2")
    assert (ticket.phone, ticket.name, ticket.description) == (
        "13800001234",
        "王秀英",
        "楼道灯不亮",
    )
    assert ticket.token in entry["service_notice"]
    assert site.client.get(f"/t/{ticket.token}").status_code == 200
    (listed,) = site.client.get(f"/open311/v2/requests/{number}.json").json()
    assert listed["service_code"] == "lighting"


def test_in_xml(site: Site) -> None:
    answer = site.client.post(PATH.replace("json", "xml"), data=GOOD)
    root = ElementTree.fromstring(answer.content)
    assert root.tag == "service_requests"
    assert len(root.findtext("request/service_request_id", "")) == 6


@pytest.mark.parametrize(
    "where",
    [
        {"address_id": "hm/3/2"},
        {"lat": "30.31", "long": "120.12"},
        {"address_string": "老槐树底下"},
    ],
)
def test_each_way_to_say_where(site: Site, where: dict[str, str]) -> None:
    data = {**{k: v for k, v in GOOD.items() if k != "address_string"}, **where}
    assert site.client.post(PATH, data=data).status_code == 201
    with site.services.database.read() as session:
        ticket = session.scalars(select(Ticket)).one()
    assert ticket.place


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"api_key": ""}, 403),
        ({"api_key": "guess"}, 403),
        ({"api_key": "城管"}, 403),
        ({"service_code": ""}, 400),
        ({"service_code": "spaceship"}, 404),
        ({"address_string": ""}, 400),
        ({"lat": "30.3"}, 400),
        ({"lat": "91", "long": "0"}, 400),
        ({"lat": "nan", "long": "0"}, 400),
        ({"address_string": "长" * 201}, 400),
        ({"description": "长" * 4001}, 400),
    ],
)
def test_what_is_refused(site: Site, changed: dict[str, str], code: int) -> None:
    answer = site.client.post(PATH, data={**GOOD, **changed})
    assert answer.status_code == code
    (entry,) = answer.json()
    assert entry["code"] == code
    assert entry["description"]
    assert count(site) == 0


def test_bodies_that_are_no_form(site: Site) -> None:
    for body, kind in (
        (b'{"api_key": "secret-key"}', "application/json"),
        (b"\xff\xfe\x00", "application/octet-stream"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
    ):
        answer = site.client.post(PATH, content=body, headers={"content-type": kind})
        assert answer.status_code in (400, 403)
    assert count(site) == 0


def test_no_keys_set_means_nobody_may_file(site: Site) -> None:
    for settings in ("", " , "):
        _set_keys(site, settings)
        for key in ("", " ", "secret-key"):
            assert site.client.post(PATH, data={**GOOD, "api_key": key}).status_code == 403


def _set_keys(site: Site, keys: str) -> None:
    settings = site.services.settings.model_copy(update={"open311_keys": keys})
    site.app.state.services = replace(site.services, settings=settings)
