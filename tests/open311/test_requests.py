from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.pages.site import Site

BASE = "/open311/v2"


def listed(site: Site, **filters: str) -> list[str]:
    answer = site.client.get(f"{BASE}/requests.json", params=filters)
    assert answer.status_code == 200, answer.text
    return [entry["service_request_id"] for entry in answer.json()]


def error(answer: Any) -> tuple[int, str]:
    (entry,) = answer.json()
    assert entry["code"] == answer.status_code
    return entry["code"], entry["description"]


def test_a_request_as_the_specification_has_it(site: Site) -> None:
    ticket = site.ticket(state="in_progress")
    (entry,) = site.client.get(f"{BASE}/requests.json").json()
    assert entry["service_request_id"] == ticket.number
    assert (entry["status"], entry["service_code"]) == ("open", "lighting")
    assert entry["service_name"] == site.services.wording.label("category", "lighting")
    assert "3幢2单元" in entry["address"]
    assert entry["address_id"] == "hm/3/2"
    assert entry["extended_attributes"]["state"] == "in_progress"
    assert datetime.fromisoformat(entry["requested_datetime"]) == ticket.created.replace(
        microsecond=0
    )
    assert entry["updated_datetime"].endswith("Z")
    assert entry["agency_responsible"] == "和睦物业"


def test_json_xml_and_no_ending_say_the_same(site: Site) -> None:
    site.ticket()
    plain = site.client.get(f"{BASE}/requests")
    assert plain.headers["content-type"].startswith("application/json")
    assert plain.json() == site.client.get(f"{BASE}/requests.json").json()
    xml = site.client.get(f"{BASE}/requests.xml")
    assert xml.headers["content-type"] == "text/xml; charset=utf-8"
    request = ElementTree.fromstring(xml.content).find("request")
    assert request is not None
    (entry,) = plain.json()
    for name, value in entry.items():
        if isinstance(value, str):
            assert request.findtext(name, "") == value


def test_the_public_sees_neither_words_nor_door_nor_person(site: Site) -> None:
    site.ticket(
        place_id="hm/3/2/501", place="和睦新村3幢2单元501室", note="张师傅 13900001111 会来",
        description="我是王秀英，家里的灯坏了",
    )  # fmt: skip
    site.ticket(place_id=None, place="二零三室王阿姨家，电话13800001234")
    for ending in ("json", "xml"):
        text = site.client.get(f"{BASE}/requests.{ending}").text
        for private in (
            "王秀英", "13800001234", "13900001111", "501", "二零三", "灯坏了", "家里",
        ):  # fmt: skip
            assert private not in text
        assert "3幢2单元" in text


def test_a_system_with_a_key_sees_what_it_must_act_on(site: Site) -> None:
    ticket = site.ticket(place_id="hm/3/2/501", place="和睦新村3幢2单元501室", note="明天来")
    (entry,) = site.client.get(f"{BASE}/requests.json?api_key=secret-key").json()
    assert entry["address"] == ticket.place
    assert entry["description"] == ticket.description
    assert "明天来" in entry["status_notes"]
    assert ticket.phone not in str(entry)
    assert ticket.name not in str(entry)
    (public,) = site.client.get(f"{BASE}/requests.json?api_key=wrong").json()
    assert public["description"] != ticket.description


@pytest.mark.parametrize(
    ("state", "status"),
    [("open", "open"), ("assigned", "open"), ("in_progress", "open"), ("reopened", "open"),
     ("resolved", "closed"), ("closed", "closed"), ("merged", "closed"), ("dismissed", "closed")],
)  # fmt: skip
def test_status(site: Site, state: str, status: str) -> None:
    ticket = site.ticket(state=state)
    (entry,) = site.client.get(f"{BASE}/requests/{ticket.number}.json").json()
    assert (entry["status"], entry["extended_attributes"]["state"]) == (status, state)
    assert entry["status_notes"] == site.services.wording.label("state", state)
    assert listed(site, status=status) == [ticket.number]
    assert listed(site, status="open" if status == "closed" else "closed") == []


def test_drafts_are_nobodys_business(site: Site) -> None:
    draft = site.ticket(state="draft")
    assert listed(site) == []
    assert listed(site, service_request_id=draft.number) == []
    for path in (f"requests/{draft.number}.json", f"tokens/{draft.token}.json"):
        assert error(site.client.get(f"{BASE}/{path}"))[0] == 404


def test_filters(site: Site) -> None:
    now = datetime.now(UTC)
    lamp = site.ticket(created=now - timedelta(days=1))
    lift = site.ticket(category="elevator", created=now - timedelta(days=10))
    old = site.ticket(created=now - timedelta(days=100))
    assert listed(site) == [lamp.number, lift.number]
    assert listed(site, service_code="elevator") == [lift.number]
    assert listed(site, service_code="elevator,lighting") == [lamp.number, lift.number]
    assert listed(site, service_request_id=f"{old.number},{lift.number}") == [
        lift.number, old.number,
    ]  # fmt: skip
    day = (now - timedelta(days=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert listed(site, start_date=day) == [lamp.number]
    assert listed(site, end_date=day) == [lift.number]
    long_ago = (now - timedelta(days=120)).isoformat()
    assert listed(site, start_date=long_ago) == [old.number]
    assert listed(site, start_date="", status="", service_code="") == [lamp.number, lift.number]
    assert listed(site, page="2", page_size="1") == [lift.number]


@pytest.mark.parametrize(
    ("filters", "code"),
    [
        ({"service_code": "spaceship"}, 404),
        ({"status": "half"}, 400),
        ({"start_date": "yesterday"}, 400),
        ({"start_date": "2026-01-01T00:00:00Z", "end_date": "2025-12-31T00:00:00Z"}, 400),
        ({"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-12-31T00:00:00Z"}, 400),
        ({"start_date": "9999-12-31T23:59:59-12:00"}, 400),
        ({"end_date": "0001-01-01T00:00:00Z"}, 400),
        ({"page": "0"}, 400),
        ({"page_size": "1001"}, 400),
        ({"page": "٣"}, 400),
    ],
)
def test_filters_nothing_can_be_found_by(site: Site, filters: dict[str, str], code: int) -> None:
    assert error(site.client.get(f"{BASE}/requests.json", params=filters))[0] == code


def test_errors_in_xml(site: Site) -> None:
    answer = site.client.get(f"{BASE}/requests/000000.xml")
    assert answer.status_code == 404
    root = ElementTree.fromstring(answer.content)
    assert root.tag == "errors"
    assert root.findtext("error/code") == "404"
    assert "000000" in root.findtext("error/description", "")


def test_other_endings_are_refused(site: Site) -> None:
    assert error(site.client.get(f"{BASE}/requests.csv"))[0] == 404
    assert error(site.client.get(f"{BASE}/requests/572005.html"))[0] == 404


def test_a_token_leads_to_its_number(site: Site) -> None:
    ticket = site.ticket()
    (entry,) = site.client.get(f"{BASE}/tokens/{ticket.token}.json").json()
    assert entry == {"service_request_id": ticket.number, "token": ticket.token}
    assert error(site.client.get(f"{BASE}/tokens/nobody.json"))[0] == 404
