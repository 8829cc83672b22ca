"""`WS /media` and `/try`: the chat's protocol, its limits, and what it survives."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from bot.channels.microphone import router
from bot.storage.tables import Recording, Ticket
from tests.support.services import FakeRecogniser, FakeSynthesiser, make_services

SPEECH = b"\x00\x10" * 16000
"""A second at 16 kHz."""


class Browser:
    def __init__(self, home: Path, *heard: str, **settings: Any) -> None:
        self.recogniser = FakeRecogniser(heard)
        self.synthesiser = FakeSynthesiser()
        self.services = make_services(home, self.recogniser, self.synthesiser, **settings)
        app = FastAPI()
        app.state.services = self.services
        app.include_router(router)
        self.http = TestClient(app, base_url="http://127.0.0.1:8000")

    def tickets(self) -> list[Ticket]:
        with self.services.database.read() as session:
            return list(session.query(Ticket))

    def recordings(self) -> list[Recording]:
        with self.services.database.read() as session:
            return list(session.query(Recording))


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    found = Browser(tmp_path, "三幢二单元的楼道灯坏了")
    with found.http:
        yield found


def hello(socket: WebSocketTestSession, greet: bool = False, muted: bool = True) -> None:
    tell(socket, {"type": "hello", "from": "abc", "greet": greet, "muted": muted})


def tell(socket: WebSocketTestSession, message: object) -> None:
    socket.send_text(json.dumps(message))


def until(true: Callable[[], Any]) -> None:
    for _ in range(100):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("never happened")


def take(socket: WebSocketTestSession) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(socket.receive_text())
    return found


def test_a_greeting_is_said_in_words_and_in_sound(browser: Browser) -> None:
    with browser.http.websocket_connect("/media") as socket:
        hello(socket, greet=True, muted=False)
        said = take(socket)
        assert said["type"] == "say"
        assert "和睦社区" in said["text"]
        assert said["ticket"] is None
        sound = socket.receive_bytes()
        assert sound[:3] == b"ID3" or sound[0] == 0xFF


def test_a_typed_report_gets_a_ticket_with_a_link(browser: Browser) -> None:
    with browser.http.websocket_connect("/media") as socket:
        hello(socket)
        tell(socket, {"type": "text", "text": "三幢二单元的楼道灯坏了"})
        said = take(socket)
        assert said["ticket"]["url"].startswith("http://127.0.0.1:8000/t/")
        assert said["ticket"]["number"] == browser.tickets()[0].number
        assert said["ticket"]["number"] in said["text"]


def test_a_spoken_report_is_recorded_heard_and_answered(browser: Browser) -> None:
    with browser.http.websocket_connect("/media") as socket:
        hello(socket)
        tell(socket, {"type": "start", "rate": 16000})
        for at in range(0, len(SPEECH), 3200):
            socket.send_bytes(SPEECH[at : at + 3200])
        tell(socket, {"type": "stop"})
        assert take(socket) == {"type": "heard", "text": "三幢二单元的楼道灯坏了"}
        assert take(socket)["ticket"]
    (recording,) = browser.recordings()
    assert browser.services.recordings.read(recording.id) == SPEECH
    assert recording.heard_until == pytest.approx(1.0)
    assert recording.media_type == "audio/l16;rate=16000"
    assert recording.conversation_id == browser.tickets()[0].conversation_id


def test_what_was_being_said_when_the_browser_went_away_is_kept(browser: Browser) -> None:
    with browser.http.websocket_connect("/media") as socket:
        hello(socket)
        tell(socket, {"type": "start", "rate": 16000})
        socket.send_bytes(SPEECH)
        # The test client cancels a handler it leaves; let it have taken what was sent.
        until(lambda: len(browser.recordings()) == 1)
        time.sleep(0.3)
    until(browser.tickets)
    (ticket,) = browser.tickets()
    assert "楼道灯" in ticket.description


def test_a_cancelled_utterance_is_no_turn(browser: Browser) -> None:
    with browser.http.websocket_connect("/media") as socket:
        hello(socket)
        tell(socket, {"type": "start", "rate": 8000})
        socket.send_bytes(SPEECH)
        tell(socket, {"type": "cancel"})
        tell(socket, {"type": "stop"})
        assert take(socket)["type"] == "error"
    assert browser.recogniser.heard == []


def test_sound_that_is_not_understood_is_answered_and_kept(tmp_path: Path) -> None:
    browser = Browser(tmp_path)
    with browser.http.websocket_connect("/media") as socket:
        hello(socket)
        tell(socket, {"type": "start", "rate": 16000})
        socket.send_bytes(SPEECH)
        tell(socket, {"type": "stop"})
        assert take(socket) == {"type": "heard", "text": ""}
        assert take(socket)["type"] == "say"
    assert len(browser.recordings()) == 1


@pytest.mark.parametrize(
    "bad",
    [
        "no json",
        "[]",
        "{}",
        '{"type":"dance"}',
        '{"type":"start","rate":44100}',
        '{"type":"start"}',
        '{"type":"text","text":""}',
        '{"type":"text","text":7}',
        json.dumps({"type": "text", "text": "长" * 1001}),
        '{"type":"stop"}',
        '{"type":"hello","from":"../etc"}',
        "\ud800".encode("utf-8", "replace").decode(),
        "[" * 5000,
    ],
)
def test_a_malformed_message_is_refused_and_the_socket_lives_on(browser: Browser, bad: str) -> None:
    with browser.http.websocket_connect("/media") as socket:
        hello(socket)
        socket.send_text(bad)
        error = take(socket)
        assert error["type"] == "error"
        assert error["message"]
        tell(socket, {"type": "text", "text": "你好"})
        assert take(socket)["type"] == "say"


@pytest.mark.parametrize("frame", [b"odd", b"\x00" * 70000])
def test_a_malformed_frame_is_refused(browser: Browser, frame: bytes) -> None:
    with browser.http.websocket_connect("/media") as socket:
        hello(socket)
        tell(socket, {"type": "start", "rate": 16000})
        socket.send_bytes(frame)
        assert take(socket)["type"] == "error"
        socket.send_bytes(SPEECH)
        tell(socket, {"type": "stop"})
        assert take(socket)["type"] == "heard"


def test_sound_without_a_start_is_refused_once(browser: Browser) -> None:
    with browser.http.websocket_connect("/media") as socket:
        hello(socket)
        for _ in range(5):
            socket.send_bytes(SPEECH[:3200])
        assert take(socket)["type"] == "error"
        tell(socket, {"type": "text", "text": "你好"})
        assert take(socket)["type"] == "say"


def test_nothing_is_taken_before_the_hello(browser: Browser) -> None:
    with browser.http.websocket_connect("/media") as socket:
        tell(socket, {"type": "text", "text": "楼道灯坏了"})
        assert take(socket)["type"] == "error"
    assert browser.tickets() == []


def test_more_than_a_minute_is_answered_at_a_minute(browser: Browser) -> None:
    with browser.http.websocket_connect("/media") as socket:
        hello(socket)
        tell(socket, {"type": "start", "rate": 16000})
        for _ in range(60):
            socket.send_bytes(SPEECH)
        assert take(socket)["type"] == "error"
        assert take(socket)["type"] == "heard"
        assert take(socket)["type"] == "say"
    assert browser.recogniser.heard == [pytest.approx(60.0)]


def test_without_a_voice_the_words_still_come(browser: Browser) -> None:
    def broken(text: str, pace: float = 1.0) -> Any:
        raise RuntimeError("no voice")

    browser.synthesiser.speak = broken  # type: ignore[method-assign]
    with browser.http.websocket_connect("/media") as socket:
        hello(socket, greet=True, muted=False)
        assert take(socket)["type"] == "say"
        tell(socket, {"type": "text", "text": "你好"})
        assert take(socket)["type"] == "say"


def test_another_web_page_cannot_use_the_socket(browser: Browser) -> None:
    with (
        pytest.raises(WebSocketDisconnect),
        browser.http.websocket_connect("/media", headers={"Origin": "https://evil.example"}),
    ):
        pass


@pytest.mark.parametrize("path", ["/try", "/try/chat.js", "/try/capture.js", "/try/chat.css"])
def test_the_page_is_there_on_this_machine_and_hidden_from_the_world(
    tmp_path: Path, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert Browser(tmp_path / "here").http.get(path).status_code == 200
    outside = Browser(tmp_path / "there", public_url="https://linsheng.example")
    assert outside.http.get(path).status_code == 404
    assert "LINSHENG_PUBLIC_URL" in caplog.text
    with pytest.raises(WebSocketDisconnect), outside.http.websocket_connect("/media"):
        pass


def test_no_other_file_is_served(browser: Browser) -> None:
    for path in ("/try/try.html", "/try/__init__.py", "/try/..%2fchat.py"):
        assert browser.http.get(path).status_code == 404
