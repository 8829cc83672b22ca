"""Our GeoReport v2 client against our own server, and both against the published examples.

The examples are those of https://wiki.open311.org/GeoReport_v2.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.followup.outcome import Retry
from bot.outlets.open311.client import Open311Client
from bot.outlets.open311.parse import ParseError, parse
from bot.outlets.poll import Poll
from bot.outlets.profile import Open311Outlet
from bot.outlets.protocol import Message, Receipt
from bot.storage.tables import OutletTicket, Ticket
from tests.outlets.conftest import Town
from tests.outlets.receiver import Receiver
from tests.support.serving import serving

POSTED_XML = b"""<?xml version="1.0" encoding="utf-8"?>
<service_requests>
    <request>
        <service_request_id>293944</service_request_id>
        <service_notice>
            The City will inspect and require the responsible party to correct within 24 hours
        </service_notice>
        <account_id/>
    </request>
</service_requests>"""
POSTED_JSON = b"""[
  {
    "service_request_id":293944,
    "service_notice":"The City will inspect and require the responsible party to correct",
    "account_id":null
  }
]"""
TOKEN_XML = b"""<?xml version="1.0" encoding="utf-8"?>
<service_requests>
    <request>
        <service_request_id>638344</service_request_id>
        <token>12345</token>
    </request>
</service_requests>"""
TOKEN_JSON = b'[{"service_request_id":638344, "token":12345}]'
LIST_XML = b"""<?xml version="1.0" encoding="utf-8"?>
<service_requests>
    <request>
        <service_request_id>638344</service_request_id>
        <status>closed</status>
        <status_notes>Duplicate request.</status_notes>
        <service_name>Sidewalk and Curb Issues</service_name>
        <service_code>006</service_code>
        <description></description>
        <requested_datetime>2010-04-14T06:37:38-08:00</requested_datetime>
        <address>8TH AVE and JUDAH ST</address>
        <lat>37.762221815</lat>
        <media_url>http://city.gov.s3.amazonaws.com/requests/media/638344.jpg</media_url>
    </request>
    <request>
        <service_request_id>638349</service_request_id>
        <status>open</status>
        <status_notes></status_notes>
        <service_code>006</service_code>
    </request>
</service_requests>"""


def _message(**more: object) -> Message:
    record = {
        "number": "572005",
        "community": "和睦社区",
        "category": "lighting",
        "category_name": "路灯照明",
        "place": "3幢2单元",
        "place_id": "hm/3/2",
    }
    made = datetime(2026, 11, 23, tzinfo=UTC)
    return Message(id="outlet:peer:1:1", record=record, created=made, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "kind"), [(POSTED_XML, "text/xml"), (POSTED_JSON, "application/json")]
)
def test_the_published_answer_to_a_post(outside: Receiver, body: bytes, kind: str) -> None:
    outside.status, outside.body, outside.headers = 201, body, {"Content-Type": kind}
    client = Open311Client(outside.url, "xyz", jurisdiction_id="city.gov", form="xml")
    receipt = client.send(_message())
    assert isinstance(receipt, Receipt)
    assert receipt.foreign_id == "293944"
    assert receipt.text.startswith("The City will inspect")
    (request,) = outside.got
    assert request.path == "/requests.xml"
    assert b"jurisdiction_id=city.gov" in request.body
    assert b"api_key=xyz" in request.body


def test_a_token_is_asked_about_until_there_is_a_number(outside: Receiver) -> None:
    client = Open311Client(outside.url, "xyz")
    outside.body = b'[{"token": "12345", "service_request_id": ""}]'
    receipt = client.send(_message())
    assert isinstance(receipt, Receipt)
    assert (receipt.foreign_id, receipt.foreign_token) == ("", "12345")
    assert isinstance(client.send(_message(foreign_token="12345")), Retry)
    for body in (TOKEN_XML, TOKEN_JSON):
        outside.body = body
        assert client.number_for("12345") == Receipt(foreign_id="638344")
    assert outside.got[-1].path.startswith("/tokens/12345.json")


def test_the_published_list(outside: Receiver) -> None:
    outside.body, outside.headers = LIST_XML, {"Content-Type": "text/xml"}
    entries = Open311Client(outside.url, "xyz", form="xml").stand(["638344", "638349"])
    assert isinstance(entries, list)
    assert [(e["service_request_id"], e["status"]) for e in entries] == [
        ("638344", "closed"),
        ("638349", "open"),
    ]
    assert entries[0]["status_notes"] == "Duplicate request."


@pytest.mark.parametrize(
    "body", [b"", b"{", b"<a>", b"<services/>", b"[1]", b'"x"', b"\xff\xfe", b"[" * 100_000]
)
def test_answers_that_are_neither(body: bytes) -> None:
    with pytest.raises(ParseError):
        parse(body)


def test_two_forms_of_our_own_server_say_the_same(town: Callable[[str], Town]) -> None:
    here = town("  []")
    here.report("3幢2单元楼道灯坏了")
    answers = [here.client.get(f"/open311/v2/requests.{form}") for form in ("json", "xml")]
    as_json, as_xml = (parse(a.content, a.headers["content-type"]) for a in answers)
    nested = "extended_attributes"
    assert [{k: v for k, v in e.items() if k != nested} for e in as_json] == [
        {k: v for k, v in e.items() if k != nested} for e in as_xml
    ]


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[tuple[str, Town]]:
    """Another Linsheng, as a server on a port of its own."""
    folder = tmp_path / "peer"
    folder.mkdir()
    there = Town(folder, "  []")
    with serving(there.app) as url:
        yield url, there
    there.services.database.close()


@pytest.mark.parametrize("form", ["json", "xml"])
def test_client_against_server(
    town: Callable[[str], Town],
    peer: tuple[str, Town],
    monkeypatch: pytest.MonkeyPatch,
    form: str,
) -> None:
    url, there = peer
    monkeypatch.setenv("PEER_KEY", "k")
    here = town(
        f"  - name: peer\n    kind: open311\n    url: {url}/open311/v2\n"
        f"    api_key: {{env: PEER_KEY}}\n    format: {form}\n    fields: [place, description]\n"
    )
    ticket = here.report("3幢2单元楼道灯坏了，电话13800001234")
    assert here.deliver() == 1
    with there.services.database.read() as session:
        theirs = session.scalars(select(Ticket)).one()
    assert (theirs.category, theirs.place_id, theirs.source) == ("lighting", "hm/3/2", "城管")
    assert theirs.phone == ""
    with here.services.database.read() as session:
        row = session.scalars(select(OutletTicket)).one()
    assert (row.state, row.foreign_id) == ("sent", theirs.number)
    # An answer lost on its way: the same request again is found, not filed twice.
    adapter = here.adapters["peer"]
    assert isinstance(adapter, Open311Client)
    with here.services.database.begin() as session:
        again = session.scalars(select(OutletTicket)).one()
        again.foreign_id, again.told, again.attempts, again.state = "", 0, 1, "waiting"
    _requeue(here)
    here.deliver()
    with there.services.database.read() as session:
        assert len(session.scalars(select(Ticket)).all()) == 1
    # They work on it; polling brings it home.
    there.sign_in("worker")
    path = f"/desk/tickets/{theirs.number}"
    there.post(path, f"{path}/state", state="resolved", note="灯泡换好了")
    outlet = Open311Outlet(
        name="peer",
        kind="open311",
        url=url,
        api_key={"env": "PEER_KEY"},
    )
    poll = Poll(here.services.database, outlet, adapter)
    assert poll.once() == 1
    now = here.now(ticket)
    assert now.state == "resolved"
    assert "灯泡换好了" in now.note
    events = len(here.events(ticket))
    poll.once()
    assert len(here.events(ticket)) == events


def _requeue(here: Town) -> None:
    from bot.storage.tables import Outgoing

    with here.services.database.begin() as session:
        for row in session.scalars(select(Outgoing)):
            row.state, row.due = "waiting", datetime.now(UTC)


def test_the_same_idempotency_key_files_once(town: Callable[[str], Town]) -> None:
    here = town("  []")
    data = {"api_key": "k", "service_code": "lighting", "address_string": "3幢", "description": "x"}
    headers = {"Idempotency-Key": "m1"}
    answers = [
        here.client.post("/open311/v2/requests.json", data=data, headers=headers).json()
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    other = here.client.post("/open311/v2/requests.json", data=data)
    assert other.json() != answers[0]
