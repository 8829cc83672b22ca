"""A machine's alert is a question: signed, kept once, folded, answered by a person, told back."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import func, select

from bot.app import create_app
from bot.followup.dispatcher import Dispatcher
from bot.sources.background import build_sources
from bot.sources.tell import deliver
from bot.storage.tables import Alert, Ticket
from bot.webhook_signature import sign, verify
from locales.load import DEMO, ProfileError
from tests.outlets.receiver import Receiver
from tests.pages.site import Site
from tests.support.services import Clock, FakeRecogniser, make_services
from voice.codecs import encode_wav
from voice.sound import Sound

SECRET = "a camera's secret"
SOURCES = """
sources:
  - name: camera
    label: 天眼
    secret: {env: CAMERA_SECRET}
    kinds: {shop_out: {name: 出店经营, category: street_vending}}
    judged: 4
"""
JPEG = b"\xff\xd8\xff\xe0" + b"picture" * 20
GOOD: dict[str, Any] = {
    "id": "a1",
    "kind": "shop_out",
    "at": "2026-11-23T09:00:00+08:00",
    "place": "东门",
    "text": "商铺占道",
    "confidence": 0.83,
}


class Watched(Site):
    """A site with a camera."""

    def __init__(self, folder: Path, more: str = "") -> None:
        file = folder / "community.yaml"
        file.write_text(DEMO.read_text(encoding="utf-8") + SOURCES + more, encoding="utf-8")
        self.clock = Clock(datetime.now(UTC))
        services = make_services(folder, community=file, clock=self.clock)
        super().__init__(services, TestClient(create_app(services), raise_server_exceptions=False))

    def send(
        self,
        body: bytes,
        secret: str = SECRET,
        at: float = 0,
        kind: str = "application/json",
    ) -> Response:
        signed = sign(secret, f"m{time.monotonic_ns()}", int(at or time.time()), body)
        answer: Response = self.client.post(
            "/sources/camera", content=body, headers={**signed, "content-type": kind}
        )
        return answer

    def alert(self, **changed: Any) -> Response:
        return self.send(json.dumps({**GOOD, **changed}).encode())

    def rows(self) -> list[Alert]:
        with self.services.database.read() as session:
            return list(session.scalars(select(Alert).order_by(Alert.received, Alert.alert_id)))

    def answer(self, answer: str, show: str = "") -> str:
        """Answers the first question on the page."""
        page = self.client.get(f"/desk/alerts{show}").text
        action = page.split('action="/desk/alerts/')[1].split('"')[0]
        return self.post(f"/desk/alerts{show}", f"/desk/alerts/{action}", answer=answer).text

    def speak(self, heard: str, confidence: float = 0.95, sound: bytes = b"") -> str:
        """Answers the first question at the microphone; the page that comes then."""
        assert isinstance(self.services.recogniser, FakeRecogniser)
        self.services.recogniser.texts = [heard]
        self.services.recogniser.confidence = confidence
        page = self.client.get("/desk/alerts").text
        action = page.split('class="spoken" method="post" action="')[1].split('"')[0]
        csrf = page.split('name="csrf" value="')[1].split('"')[0]
        data = sound or encode_wav(Sound(b"\x10\x20" * 8000, 8000))
        files = {"sound": ("answer", data, "audio/wav")}
        answer: str = self.client.post(action, data={"csrf": csrf}, files=files).text
        return answer

    def tickets(self) -> int:
        with self.services.database.read() as session:
            return session.scalar(select(func.count()).select_from(Ticket)) or 0


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Watched]]:
    monkeypatch.setenv("CAMERA_SECRET", SECRET)
    made: list[Watched] = []

    def make(more: str = "") -> Watched:
        made.append(Watched(tmp_path, more))
        return made[-1]

    yield make
    for one in made:
        one.services.database.close()


def test_an_alert_is_a_question_and_one_tap_makes_it_a_ticket(
    watched: Callable[..., Watched],
) -> None:
    here = watched()
    answer = here.alert(image=base64.b64encode(JPEG).decode())
    assert answer.status_code == 202
    assert answer.json() == {"id": "a1", "state": "open", "folded": False}
    assert here.tickets() == 0
    assert here.client.get("/desk/alerts", follow_redirects=False).status_code == 303
    here.sign_in("volunteer")
    page = here.client.get("/desk/alerts").text
    assert "真的是出店经营吗？" in page
    assert "83%" in page
    (row,) = here.rows()
    shown = here.client.get(f"/desk/recordings/{row.image}")
    assert (shown.content, shown.headers["content-type"]) == (JPEG, "image/jpeg")
    assert "立了单子" in here.answer("confirm")
    with here.services.database.read() as session:
        ticket = session.scalars(select(Ticket)).one()
    assert (ticket.state, ticket.category, ticket.channel, ticket.source) == (
        "open", "street_vending", "source", "天眼",
    )  # fmt: skip
    assert ticket.place_id == "hm/东门"
    page = here.client.get(f"/desk/tickets/{ticket.number}").text
    assert f"/desk/recordings/{row.image}" in page


def test_the_same_alert_again_changes_nothing(watched: Callable[..., Watched]) -> None:
    here = watched()
    here.alert()
    again = here.alert(text="另一句话")
    assert again.json()["repeated"]
    assert len(here.rows()) == 1


def test_repeats_are_folded_with_a_count(watched: Callable[..., Watched]) -> None:
    here = watched()
    here.alert()
    here.clock.at += timedelta(minutes=20)
    assert here.alert(id="a2", place="东大门").json()["folded"], "the same place by another name"
    here.clock.at += timedelta(minutes=20)
    assert here.alert(id="a3").json()["folded"], "20 minutes after the last"
    for other in ({"id": "b", "kind": "x"}, {"id": "c", "place": "快递柜"}):
        assert not here.alert(**other).json()["folded"]
    here.clock.at += timedelta(minutes=31)
    assert not here.alert(id="a4").json()["folded"]
    assert next(row for row in here.rows() if row.alert_id == "a1").count == 3
    here.sign_in("volunteer")
    assert "又报了 2 次" in here.client.get("/desk/alerts").text


def test_the_answer_goes_back_and_for_every_repeat(
    watched: Callable[..., Watched], outside: Receiver
) -> None:
    here = watched(f"    callback: {outside.url}/answers\n")
    here.alert()
    here.alert(id="a2")
    here.sign_in("volunteer")
    here.answer("not_so")
    here.alert(id="a3")  # the same again, just answered: nobody is asked a second time
    assert "没有要看的" in here.client.get("/desk/alerts").text
    ((source, secret),) = build_sources(here.services.community.profile, here.services.settings)
    send = Dispatcher(here.services.database, {source.adapter: deliver(source, secret)})
    send.once()
    told = {json.loads(r.body)["id"]: json.loads(r.body) for r in outside.got}
    assert set(told) == {"a1", "a2", "a3"}
    assert {(t["answer"], t["reason"]) for t in told.values()} == {("dismissed", "not_so")}
    assert told["a2"]["repeats"] == "a1"
    verify(SECRET, outside.got[0].headers, outside.got[0].body, time.time())


def test_answered_by_two_at_once(watched: Callable[..., Watched]) -> None:
    here = watched()
    here.alert()
    here.sign_in("volunteer")
    (row,) = here.rows()
    form = here.form("/desk/alerts", f"/desk/alerts/{row.id}")
    path = f"/desk/alerts/{row.id}"
    assert "立了单子" in here.client.post(path, data={**form, "answer": "confirm"}).text
    assert "别人刚答过" in here.client.post(path, data={**form, "answer": "not_so"}).text
    assert here.tickets() == 1
    assert (
        here.client.post("/desk/alerts/zz", data={**form, "answer": "confirm"}).status_code == 404
    )
    assert here.client.post(path, data={**form, "answer": "maybe"}).status_code == 422


def test_a_source_that_is_often_wrong_is_muted_and_the_board_says_so(
    watched: Callable[..., Watched],
) -> None:
    here = watched()
    here.sign_in("volunteer")
    for n, answer in enumerate(("confirm", "not_so", "not_so", "unclear", "not_so")):
        here.clock.at += timedelta(hours=1)
        here.alert(id=f"a{n}")
        here.answer(answer)
    here.clock.at += timedelta(hours=1)
    here.alert(id="next")
    here.alert(id="other", kind="fire")
    page = here.client.get("/desk/alerts").text
    assert "真的是fire吗" in page
    assert "出店经营" not in page
    assert "先收起来的（1）" in page
    assert "真的是出店经营吗" in here.client.get("/desk/alerts?show=muted").text
    board = here.client.get("/board").text
    assert "天眼" in board
    assert "25%" in board
    assert "已收起" in board
    # A source that was wrong is heard again when what it says proves right.
    here.answer("confirm", "?show=muted")
    for n in range(4):
        here.clock.at += timedelta(hours=1)
        here.alert(id=f"r{n}")
        here.answer("confirm", "?show=muted" if here.rows()[-1].muted else "")
    here.clock.at += timedelta(hours=1)
    here.alert(id="heard")
    assert "真的是出店经营吗" in here.client.get("/desk/alerts").text


def test_a_picture_beside_the_alert(watched: Callable[..., Watched]) -> None:
    here = watched()
    body = (
        b'--x\r\nContent-Disposition: form-data; name="alert"\r\n\r\n'
        + json.dumps(GOOD).encode()
        + b'\r\n--x\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\n'
        b"Content-Type: text/html\r\n\r\n" + JPEG + b"\r\n--x--\r\n"
    )
    answer = here.send(body, kind="multipart/form-data; boundary=x")
    assert answer.status_code == 202
    assert here.services.recordings.read(here.rows()[0].image) == JPEG


def test_what_nobody_may_send(watched: Callable[..., Watched]) -> None:
    here = watched()
    body = json.dumps(GOOD).encode()
    assert here.send(body, secret="guess").status_code == 401
    assert here.send(body, at=time.time() - 600).status_code == 401
    assert here.client.post("/sources/camera", content=body).status_code == 401
    assert here.client.post("/sources/nobody", content=body).status_code == 404
    signed = sign(SECRET, "m", int(time.time()), body)
    assert (
        here.client.post("/sources/camera", content=body + b" ", headers=signed).status_code == 401
    )
    assert here.rows() == []


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"id": "a"}',
        json.dumps({**GOOD, "at": "2026-11-23T09:00:00"}).encode(),
        json.dumps({**GOOD, "place": ""}).encode(),
        json.dumps({**GOOD, "id": "x" * 65}).encode(),
        json.dumps({**GOOD, "confidence": 7}).encode(),
        json.dumps({**GOOD, "image": "!!"}).encode(),
        json.dumps({**GOOD, "image": base64.b64encode(b"<html>").decode()}).encode(),
    ],
)  # fmt: skip
def test_what_cannot_be_understood(watched: Callable[..., Watched], body: bytes) -> None:
    here = watched()
    answer = here.send(body)
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert here.rows() == []


def test_too_large(watched: Callable[..., Watched]) -> None:
    here = watched()
    assert here.send(b" " * 20_000_000).status_code == 413
    big = base64.b64encode(JPEG + b"\0" * (5 * 1024 * 1024)).decode()
    assert here.alert(image=big).status_code == 413
    fits = base64.b64encode(JPEG + b"\0" * (4 * 1024 * 1024)).decode()
    assert here.alert(image=fits).status_code == 202
    assert here.client.post("/desk/sign-in", content=b" " * 2_000_000).status_code == 413


def test_a_clock_that_runs_ahead_saw_nothing_in_the_future(watched: Callable[..., Watched]) -> None:
    here = watched()
    here.alert(at="2099-01-01T00:00:00Z")
    assert here.rows()[0].at <= here.clock.at


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("  - name: camera\n    secret: {env: A}\n", "两次"),
        ("  - name: b\n    secret: {env: A}\n    kinds: {x: {name: 甲, category: lamp}}\n", "lamp"),
        ("  - name: b\n    secret: {env: A}\n    callback: nowhere\n", "http"),
    ],
)
def test_a_mistake_in_the_profile(tmp_path: Path, more: str, says: str) -> None:
    with pytest.raises(ProfileError, match=says) as raised:
        Watched(tmp_path, more)
    assert "行 sources" in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("heard", "state", "reason"),
    [
        ("是的", "confirmed", ""),
        ("对对", "confirmed", ""),
        ("是出店经营", "confirmed", ""),
        ("不是", "dismissed", "not_so"),
        ("不是出店经营", "dismissed", "not_so"),
        ("看错了", "dismissed", "not_so"),
        ("人家批过的", "dismissed", "allowed"),
        ("这个不归我们管", "dismissed", "not_here"),
        ("已经有人报过了", "dismissed", "known"),
        ("看不清楚", "dismissed", "unclear"),
        ("今天中午吃什么", "open", ""),
        ("报过了但是看不清", "open", ""),
        ("", "open", ""),
    ],
)
def test_answered_by_one_spoken_word(
    watched: Callable[..., Watched], heard: str, state: str, reason: str
) -> None:
    here = watched()
    here.alert()
    here.sign_in("volunteer")
    text = here.speak(heard)
    (row,) = here.rows()
    assert (row.state, row.reason) == (state, reason)
    assert (heard or "没有声音") in text, "what was heard is always said"
    assert here.tickets() == (state == "confirmed")


def test_a_word_hardly_heard_does_not_count(watched: Callable[..., Watched]) -> None:
    here = watched()
    here.alert()
    here.sign_in("volunteer")
    assert "不敢算数" in here.speak("是的", confidence=0.3)
    assert here.rows()[0].state == "open"
    assert here.tickets() == 0


def test_what_is_no_sound_and_who_is_nobody(watched: Callable[..., Watched]) -> None:
    here = watched()
    here.alert()
    here.sign_in("volunteer")
    here.speak("是的", sound=b"no sound at all")
    assert here.rows()[0].state == "open"
    files = {"sound": ("answer", b"x", "audio/wav")}
    path = f"/desk/alerts/{here.rows()[0].id}/spoken"
    assert here.client.post(path, files=files).status_code == 403, "not from our page"
    here.client.cookies.clear()
    assert here.client.post(path, files=files, follow_redirects=False).status_code in (303, 403)
    assert here.rows()[0].state == "open"
