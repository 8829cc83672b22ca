"""A ticket goes out by webhook: signed, mapped, once, in order, whatever the other side does."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from bot.followup import dispatcher
from bot.outlets import exchange
from bot.storage.tables import Outgoing, OutletTicket
from bot.webhook_signature import sign, verify
from tests.outlets.conftest import Town
from tests.outlets.receiver import Receiver

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WEBHOOK = """
  - name: city
    kind: webhook
    url: {url}/in
    secret: {{env: CITY_SECRET}}
"""
Make = Callable[[str], Town]


def _row(town: Town, outlet: str = "city") -> OutletTicket:
    with town.services.database.read() as session:
        return session.scalars(select(OutletTicket).where(OutletTicket.outlet == outlet)).one()


def _make_due(town: Town) -> None:
    with town.services.database.begin() as session:
        for row in session.scalars(select(Outgoing)):
            row.due = datetime.now(UTC)


def test_what_happens_is_told_in_order_once_and_signed(town: Make, outside: Receiver) -> None:
    here = town(WEBHOOK.format(url=outside.url))
    outside.body = b'{"foreign_id": "A-4711"}'
    ticket = here.report("3幢2单元楼道灯坏了，我叫王秀英，电话13800001234")
    here.sign_in("worker", "李师傅")
    path = f"/desk/tickets/{ticket.number}"
    here.post(path, f"{path}/state", state="in_progress", note="下午来换")
    assert here.deliver() == 2
    assert here.deliver() == 0
    first, second = outside.got
    assert first.path == "/in"
    for request in (first, second):
        id = verify(SECRET, request.headers, request.body, time.time())
        assert request.headers["idempotency-key"] == id
    told = [json.loads(request.body) for request in outside.got]
    assert [t["event"]["kind"] for t in told] == ["filed", "state"]
    # What the tier does not allow is not there: no door, words, name, number or link.
    text = json.dumps(told, ensure_ascii=False)
    for private in ("13800001234", "王秀英", "楼道灯坏了", "下午来换", ticket.token):
        assert private not in text
    row = _row(here)
    assert (row.state, row.foreign_id) == ("sent", "A-4711")
    page = here.client.get(path).text
    assert "A-4711" in page
    assert "送到了" in page


def test_fields_the_profile_allows_are_there(town: Make, outside: Receiver) -> None:
    here = town(WEBHOOK.format(url=outside.url) + "    fields: [place, description, phone]\n")
    here.report("3幢2单元501室漏水，电话13800001234")
    here.deliver()
    told = json.loads(outside.got[0].body)
    assert told["phone"] == "13800001234"
    assert "501" in told["place"]
    assert "漏水" in told["description"]
    assert "name" not in told


def test_only_the_tickets_and_events_it_wants(town: Make, outside: Receiver) -> None:
    here = town(
        WEBHOOK.format(url=outside.url)
        + "    tickets: {categories: [lighting], organisations: [wy]}\n    events: [state]\n"
    )
    light, water = here.report("3幢2单元楼道灯坏了"), here.report("3幢2单元501室漏水")
    assert here.deliver() == 0
    here.sign_in("worker")
    for ticket in (light, water):
        path = f"/desk/tickets/{ticket.number}"
        here.post(path, f"{path}/state", state="assigned")
    here.deliver()
    assert [json.loads(r.body)["number"] for r in outside.got] == [light.number]


def test_a_day_of_silence_costs_nothing_but_a_queue(
    town: Make, outside: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "TRIES", 3)
    here = town(WEBHOOK.format(url=outside.url))
    outside.status = 503
    tickets = [here.report(f"{n}幢2单元楼道灯坏了") for n in range(1, 6)]
    for _ in range(8):
        here.deliver()
        here.time += 61
        _make_due(here)
    with here.services.database.read() as session:
        assert {row.state for row in session.scalars(select(Outgoing))} == {"waiting"}
    assert len(outside.got) < 5 * 8, "the breaker spares a server that is down"
    page = here.client.get(f"/t/{tickets[0].token}")
    assert page.status_code == 200
    outside.status, outside.got = 200, []
    here.time += 61
    here.deliver()
    assert {json.loads(r.body)["number"] for r in outside.got} == {t.number for t in tickets}
    assert len(outside.got) == 5


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"body": b"<html>login</html>", "headers": {"Content-Type": "text/html"}}, "网页"),
        ({"status": 500, "body": b"oops"}, "500"),
        ({"status": 302, "headers": {"Location": "http://169.254.169.254/"}}, "转到"),
        ({"status": 401}, "401"),
        ({"body": b"x" * 2_000_000}, "太大"),
        ({"wait": 1.0}, "规定时间"),
    ],
)
def test_answers_that_are_none_wait_with_their_reason(
    town: Make,
    outside: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    answer: dict[str, Any],
    says: str,
) -> None:
    monkeypatch.setattr(exchange, "TIMEOUT", 0.4)
    here = town(WEBHOOK.format(url=outside.url))
    for name, value in answer.items():
        setattr(outside, name, value)
    ticket = here.report("3幢2单元楼道灯坏了")
    assert here.deliver() == 1
    assert len(outside.got) == 1, "nothing is followed"
    row = _row(here)
    assert row.state == "waiting"
    assert says in row.error
    here.sign_in("worker")
    assert says in here.client.get(f"/desk/tickets/{ticket.number}").text


def test_a_refusal_is_shown_and_sent_again_on_request(town: Make, outside: Receiver) -> None:
    here = town(WEBHOOK.format(url=outside.url))
    outside.status, outside.body = 422, '{"error": "大类不存在"}'.encode()
    ticket = here.report("3幢2单元楼道灯坏了")
    here.deliver()
    assert _row(here).state == "failed"
    here.sign_in("worker")
    assert "大类不存在" in here.client.get("/desk/outlets").text
    outside.status, outside.body = 200, b"{}"
    path = f"/desk/tickets/{ticket.number}"
    assert "马上再送" in here.post(path, f"{path}/outlets/city").text
    here.deliver()
    assert _row(here).state == "sent"
    assert len(outside.got) == 2
    # What went where stands there, too, with what the other side said of it.
    assert "回执：{}" in here.client.get("/desk/outlets").text


def test_nobody_there_at_all(town: Make) -> None:
    here = town(WEBHOOK.format(url="http://127.0.0.1:9"))
    here.report("3幢2单元楼道灯坏了")
    here.deliver()
    assert "连不上" in _row(here).error


def _say(here: Town, id: str = "m1", secret: str = SECRET, at: float = 0, **news: str) -> Any:
    body = json.dumps(news).encode()
    headers = sign(secret, id, int(at or time.time()), body)
    return here.client.post("/outlets/city/status", content=body, headers=headers)


def test_a_status_comes_back_once(town: Make, outside: Receiver) -> None:
    here = town(WEBHOOK.format(url=outside.url))
    ticket = here.wechat_ticket("openid-1")
    reported = here.report("5幢1单元电梯坏了")
    here.deliver()
    answer = _say(here, number=reported.number, state="resolved", note="灯泡换好了")
    assert answer.json() == {"number": reported.number, "state": "resolved", "conflict": None}
    assert here.now(reported).note == "灯泡换好了"
    events = len(here.events(reported))
    assert _say(here, number=reported.number, state="resolved", note="x").json()["repeated"]
    assert len(here.events(reported)) == events
    assert here.deliver() == 0, "what it told us is not told back"
    assert _say(here, id="m2", number=ticket.number, state="resolved").status_code == 404


def test_a_status_nobody_may_send(town: Make, outside: Receiver) -> None:
    here = town(WEBHOOK.format(url=outside.url))
    number = here.report("3幢2单元楼道灯坏了").number
    good: dict[str, Any] = {"number": number, "state": "resolved"}
    assert _say(here, secret="guess", **good).status_code == 401
    assert _say(here, at=time.time() - 3600, **good).status_code == 401
    assert "时钟" in _say(here, at=time.time() + 3600, **good).json()["error"]
    assert here.client.post("/outlets/city/status", json=good).status_code == 401
    assert here.client.post("/outlets/nobody/status", json=good).status_code == 404
    assert _say(here, number=number, state="gone").status_code == 422
    assert _say(here, state="resolved").status_code == 422
    for body in (b"", b"[]", b"{", b"\xff", b"[" * 100_000):
        headers = sign(SECRET, "x", int(time.time()), body)
        answer = here.client.post("/outlets/city/status", content=body, headers=headers)
        assert answer.status_code == 422, body[:10]


def test_a_conflict_is_shown_not_hidden(town: Make, outside: Receiver) -> None:
    here = town(WEBHOOK.format(url=outside.url))
    ticket = here.report("3幢2单元楼道灯坏了")
    here.deliver()
    _say(here, id="m1", number=ticket.number, state="resolved")
    here.sign_in("admin")
    path = f"/desk/tickets/{ticket.number}"
    here.post(path, f"{path}/state", state="reopened", note="还是不亮")
    answer = _say(here, id="m2", number=ticket.number, state="resolved", note="真的好了")
    assert answer.json()["conflict"] == "they_done"
    assert here.now(ticket).state == "reopened"
    assert "对方说办好了" in here.client.get(path).text
    assert "对方说办好了" in here.client.get("/desk/outlets").text
