"""Notices arrive: by the first way that reaches somebody, once, and every attempt is to be seen."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from bot.notices.ways import ConsoleCaller
from bot.storage.tables import Resident
from bot.tickets.change import callback_done
from tests.notices.told import Told
from tests.simulators.wechat import ErrCode

TEMPLATE = {
    "id": "T1",
    "fields": {"thing1": "{{ category }}", "thing2": "{{ place }}", "phrase3": "{{ state }}"},
}


def test_one_message_instead_of_five(told: Told) -> None:
    user = told.user()
    number = told.reports(user)
    told.changes(number, "assigned", "in_progress", "assigned", "in_progress")
    told.changes(number, "resolved", note="灯泡换好了")
    told.deliver()
    assert [received.kind for received in user.inbox] == ["push"]
    assert "灯泡换好了" in user.last
    assert told.ticket(number).token in user.last
    assert told.states() == ["told"] * 5
    assert told.attempts(number) == [("wechat", True)]


def test_two_matters_of_one_resident_are_one_message(told: Told) -> None:
    user = told.user()
    first = told.reports(user)
    second = told.reports(user, "七幢一单元的电梯坏了")
    told.changes(first, "resolved")
    told.changes(second, "resolved")
    told.deliver()
    assert len(user.inbox) == 1
    assert first in user.last
    assert second in user.last


def test_the_window_is_closed_then_the_template_then_a_person(told: Told) -> None:
    user = told.user()
    number = told.reports(user)
    told.sim.clock.advance(49 * 3600)
    told.changes(number, "resolved")
    told.deliver(template=TEMPLATE)
    assert [received.kind for received in user.inbox] == ["template"]
    assert told.attempts(number) == [("wechat", False), ("template", True)]

    user.following = False
    told.changes(number, "reopened", "resolved")
    told.deliver(template=TEMPLATE)
    assert told.ticket(number).callback == "tell"
    assert told.attempts(number)[-1] == ("template", False)
    with told.services.database.begin() as session:
        callback_done(session, number, "小陈", "上门说了")
    assert told.attempts(number)[-1] == ("desk", True)
    assert told.ticket(number).callback == ""


def test_a_subscription_is_good_for_one_notice(told: Told) -> None:
    user = told.user()
    number = told.reports(user)
    told.sim.clock.advance(49 * 3600)
    user.subscriptions = 1
    told.changes(number, "resolved")
    told.deliver(subscribed=TEMPLATE)
    assert [received.kind for received in user.inbox] == ["subscribed"]
    assert "3幢2单元" in user.last
    assert told.attempts(number) == [("wechat", False), ("subscribed", True)]

    told.changes(number, "reopened", "resolved")
    told.deliver(subscribed=TEMPLATE)
    assert len(user.inbox) == 1
    assert told.attempts(number)[-1] == ("subscribed", False)
    assert told.ticket(number).callback == "tell"


def test_what_is_only_good_to_know_never_becomes_a_task(told: Told) -> None:
    user = told.user()
    number = told.reports(user)
    user.following = False
    told.changes(number, "assigned", "in_progress")
    told.deliver()
    assert told.ticket(number).callback == ""
    assert set(told.states()) == {"desk"}


def test_the_budget_is_never_overdrawn_and_the_last_one_is_for_the_question(told: Told) -> None:
    user = told.user()
    number = told.reports(user)
    for _ in range(6):
        told.changes(number, "assigned")
        told.deliver()
        told.changes(number, "open")
    assert len(user.inbox) == 4
    told.changes(number, "resolved")
    told.deliver()
    assert "修好" in user.last or "办好" in user.last
    assert len(user.inbox) == 5
    told.changes(number, "reopened", "resolved")
    told.deliver()
    assert len(user.inbox) == 5
    assert told.ticket(number).callback == "tell"


def test_at_night_nobody_is_disturbed_but_in_an_emergency(told: Told) -> None:
    user = told.user()
    number = told.reports(user)
    told.clock.at = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # 23:00 in China
    told.changes(number, "resolved")
    with pytest.raises(AssertionError, match="never ends"):
        told.deliver()
    assert user.inbox == []
    told.clock.at = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    told.deliver()
    assert len(user.inbox) == 1
    assert told.attempts(number) == [("wechat", True)], "waiting is no attempt"


def test_a_caller_who_agreed_is_called_and_others_are_not(told: Told) -> None:
    console = ConsoleCaller()
    number = told.calls_in("13800001234")
    told.changes(number, "assigned", "resolved")
    told.deliver(caller=console)
    assert console.calls == []
    assert told.ticket(number).callback == "tell"
    with told.services.database.begin() as session:
        session.query(Resident).one().told_by = "call"
    told.changes(number, "reopened", "resolved")
    told.deliver(caller=console)
    phone, clauses = console.calls[0]
    assert phone == "13800001234"
    assert clauses[-1] == "您看，修好了吗？"


def test_who_wants_no_notices_gets_none(told: Told) -> None:
    user = told.user()
    number = told.reports(user)
    with told.services.database.begin() as session:
        session.query(Resident).one().told_by = "none"
    told.changes(number, "resolved")
    told.deliver()
    assert told.states() == []


def test_trouble_is_tried_again_and_then_the_next_way_is_taken(told: Told) -> None:
    user = told.user()
    number = told.reports(user)
    told.sim.faults.order("send", [ErrCode(-1), None])
    told.changes(number, "resolved")
    told.deliver(template=TEMPLATE)
    assert told.attempts(number) == [("wechat", False), ("wechat", True)]
    told.sim.faults.order("send", [ErrCode(45011)] * 4)
    told.changes(number, "reopened", "resolved")
    told.deliver(template=TEMPLATE)
    assert told.attempts(number)[-1] == ("template", True)
    assert [received.kind for received in user.inbox] == ["push", "template"]


class Gateway:
    """Takes text messages over HTTP."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], str]] = []
        self.answer = (200, "application/json", '{"code": 0}')
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                gateway.got.append((dict(self.headers), body))
                status, kind, text = gateway.answer
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.rules = {
            "url": f"http://127.0.0.1:{self.server.server_port}/send",
            "secret": {"env": "SMS_KEY"},
            "body": '{"to": {{ phone | tojson }}, "text": {{ text | tojson }}}',
            "accepted": '"code": 0',
        }


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    monkeypatch.setenv("SMS_KEY", "secret")
    gateway = Gateway()
    thread = threading.Thread(target=gateway.server.serve_forever, args=(0.05,))
    thread.start()
    yield gateway
    gateway.server.shutdown()
    thread.join()
    gateway.server.server_close()


def test_a_text_message(told: Told, gateway: Gateway) -> None:
    number = told.calls_in("13800001234")
    told.changes(number, "assigned", "resolved")
    told.deliver(sms=gateway.rules)
    ((headers, body),) = gateway.got
    assert headers["Authorization"] == "Bearer secret"
    assert headers["Idempotency-Key"].startswith("notice:")
    assert '"to": "13800001234"' in body
    assert number in body
    assert told.attempts(number) == [("sms", True)]
    assert told.ticket(number).callback == ""


@pytest.mark.parametrize(
    "answer",
    [
        (200, "text/html", "<html>login</html>"),
        (200, "application/json", '{"code": 7}'),
        (500, "text/plain", "oops"),
        (400, "text/plain", "no"),
    ],
)
def test_a_gateway_that_does_not_take_it(
    told: Told, gateway: Gateway, answer: tuple[int, str, str]
) -> None:
    gateway.answer = answer
    number = told.calls_in("13800001234")
    told.changes(number, "resolved")
    told.deliver(sms=gateway.rules)
    assert told.ticket(number).callback == "tell"
    assert len(gateway.got) in (1, 4)
