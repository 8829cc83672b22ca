"""The simulator keeps WeChat's rules: a test that passes against it must mean something."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from tests.simulators.wechat import Drop, ErrCode, Html, WeChatSimulator

DAY = 86400


@pytest.fixture
def sim() -> Iterator[WeChatSimulator]:
    with WeChatSimulator(callback="http://127.0.0.1:9/wechat") as sim:
        yield sim


def token(sim: WeChatSimulator, *, force: bool = False, **changes: object) -> dict[str, Any]:
    body = {
        "grant_type": "client_credential",
        "appid": sim.account.appid,
        "secret": sim.account.secret,
        "force_refresh": force,
    }
    answer = httpx.post(f"{sim.api_base}/cgi-bin/stable_token", json=body | changes)
    result: dict[str, Any] = answer.json()
    return result


def send(sim: WeChatSimulator, access: str, openid: str, text: str = "您好") -> int:
    answer = httpx.post(
        f"{sim.api_base}/cgi-bin/message/custom/send",
        params={"access_token": access},
        json={"touser": openid, "msgtype": "text", "text": {"content": text}},
    )
    return int(answer.json()["errcode"])


def test_the_token_is_stable_and_renewed_early_without_a_gap(sim: WeChatSimulator) -> None:
    sim.user("oLi").quota.wrote()
    first = token(sim)
    sim.clock.advance(6000)
    assert token(sim)["access_token"] == first["access_token"]
    sim.clock.advance(950)
    second = token(sim)
    assert second["access_token"] != first["access_token"]
    assert send(sim, first["access_token"], "oLi") == 0
    assert send(sim, second["access_token"], "oLi") == 0
    sim.clock.advance(300)
    assert send(sim, first["access_token"], "oLi") == 42001
    assert send(sim, "made up", "oLi") == 40014


def test_forced_renewal_ends_the_old_token_and_is_rationed(sim: WeChatSimulator) -> None:
    first = token(sim)["access_token"]
    second = token(sim, force=True)["access_token"]
    assert second != first
    assert send(sim, first, "oLi") == 40001
    assert token(sim, force=True)["access_token"] == second, "not within 30 s"
    for _ in range(19):
        sim.clock.advance(31)
        assert "access_token" in token(sim, force=True)
    sim.clock.advance(31)
    assert token(sim, force=True)["errcode"] == 45009
    sim.clock.advance(DAY)
    assert "access_token" in token(sim, force=True)


def test_wrong_credentials(sim: WeChatSimulator) -> None:
    assert token(sim, appid="wx0")["errcode"] == 40013
    assert token(sim, secret="wrong")["errcode"] == 40125
    assert token(sim, grant_type="")["errcode"] == 40002


def test_five_messages_in_48_hours_after_writing(sim: WeChatSimulator) -> None:
    access = token(sim)["access_token"]
    user = sim.user("oLi")
    assert send(sim, access, "oLi") == 45015
    user.quota.wrote()
    assert [send(sim, access, "oLi") for _ in range(6)] == [0, 0, 0, 0, 0, 45047]
    user.quota.wrote()
    assert send(sim, access, "oLi") == 0
    sim.clock.advance(48 * 3600 + 1)
    assert send(sim, token(sim)["access_token"], "oLi") == 45015
    assert len(user.inbox) == 6
    assert {received.kind for received in user.inbox} == {"push"}


def test_three_messages_in_a_minute_after_a_touch(sim: WeChatSimulator) -> None:
    access = token(sim)["access_token"]
    sim.user("oLi").quota.touched()
    assert [send(sim, access, "oLi") for _ in range(4)] == [0, 0, 0, 45047]
    sim.clock.advance(61)
    assert send(sim, access, "oLi") == 45015


def test_what_cannot_be_sent(sim: WeChatSimulator) -> None:
    access = token(sim)["access_token"]
    assert send(sim, access, "nobody") == 40003
    user = sim.user("oLi")
    user.quota.wrote()
    assert send(sim, access, "oLi", "") == 44004
    assert send(sim, access, "oLi", "长" * 700) == 45002
    user.following = False
    assert send(sim, access, "oLi") == 43004


def test_media_is_kept_for_three_days(sim: WeChatSimulator) -> None:
    media_id = sim.media.put(b"#!AMR\n", "audio/amr")

    def get() -> httpx.Response:
        access = token(sim)["access_token"]
        return httpx.get(
            f"{sim.api_base}/cgi-bin/media/get",
            params={"access_token": access, "media_id": media_id},
        )

    assert get().content == b"#!AMR\n"
    sim.clock.advance(3 * DAY + 1)
    assert get().json()["errcode"] == 40007


def test_faults_come_on_order_and_pass(sim: WeChatSimulator) -> None:
    sim.faults.next("token", ErrCode(-1), times=2)
    assert [token(sim).get("errcode") for _ in range(3)] == [-1, -1, None]
    sim.faults.next("token", Html())
    page = httpx.post(f"{sim.api_base}/cgi-bin/stable_token")
    assert (page.status_code, page.headers["content-type"][:9]) == (200, "text/html")
    sim.faults.next("token", Drop())
    with pytest.raises(httpx.RemoteProtocolError):
        token(sim)


class _Callback(BaseHTTPRequestHandler):
    answers: list[bytes] = []
    bodies: list[bytes] = []

    def do_POST(self) -> None:
        self.bodies.append(self.rfile.read(int(self.headers["content-length"])))
        answer = self.answers.pop(0)
        self.send_response(200 if answer != b"500" else 500)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def callback() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Callback)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _Callback.bodies.clear()
    yield f"http://127.0.0.1:{server.server_port}/wechat"
    server.shutdown()
    server.server_close()


def test_three_tries_and_then_the_banner(sim: WeChatSimulator, callback: str) -> None:
    sim.callback = callback
    _Callback.answers[:] = [b"500", b"garbage", b"<xml/>"]
    user = sim.user("oLi").send_text("灯坏了", msg_id="77")
    assert len(sim.tries["77"]) == 3
    assert user.banners == 1
    assert len(_Callback.bodies) == 3
    assert b"MsgId" not in _Callback.bodies[0], "encrypted"


def test_an_acknowledgement_is_enough(sim: WeChatSimulator, callback: str) -> None:
    sim.callback = callback
    _Callback.answers[:] = [b"500", b"success"]
    user = sim.user("oLi").send_text("灯坏了", msg_id="78")
    assert len(sim.tries["78"]) == 2
    assert (user.banners, user.inbox) == (0, [])
