"""Who speaks to us is answered by voice, too: an extra, after the text."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.channels.wechat import processing
from bot.channels.wechat.api import Api
from bot.channels.wechat.ledger import Ledger
from bot.channels.wechat.message import Message
from bot.channels.wechat.speak import LONGEST, messages, speak
from bot.followup.outcome import Deliver, GiveUp, Retry, Sent
from bot.services import Services
from tests.simulators.wechat import Drop, ErrCode, WeChatSimulator
from tests.support.services import FakeRecogniser, FakeSynthesiser, make_services
from tests.wechat.running import Background, running
from tests.wechat.wire import configured
from voice.codecs import decode, encode_amr, encode_mp3
from voice.sound import Sound

NOISE = Sound(bytes(range(256)) * 125, 8000)
ANSWER = {"openid": "oLi", "clauses": ["好，报上去了。", "您的单号是，五七二，零零五。"]}


@pytest.fixture
def services(sim: WeChatSimulator, tmp_path: Path) -> Iterator[Services]:
    ear = FakeRecogniser(["和睦新村三幢二单元的楼道灯坏了"])
    services = make_services(tmp_path, ear, **configured(sim.account, sim.api_base))
    yield services
    services.database.close()


@pytest.fixture
def send(services: Services) -> Deliver:
    return speak(Api(services.settings, services.database), FakeSynthesiser())


def test_a_voice_report_is_answered_to_read_and_to_hear(
    sim: WeChatSimulator, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processing, "AFTER_TEXT", processing.AFTER_TEXT / 10)
    with running(services) as url, Background(services):
        sim.callback = url
        user = sim.user("oLi").send_voice(encode_amr(NOISE))
        text = user.wait(20)
        heard = user.wait(20, lambda received: received.kind == "voice")
        assert text is not None
        assert heard is not None
        assert user.inbox.index(text) < user.inbox.index(heard)
        sound = decode(heard.sound)
        assert 5 < sound.seconds < 60
        assert any(sound.pcm)
        # Who types reads; the same voice again is not answered twice.
        user.send_text("谢谢")
    assert [received.kind for received in user.inbox].count("voice") == 1


def test_long_answers_are_divided_between_clauses() -> None:
    clauses = ["好" * 150, "的" * 250, "对" * 300, "话" * 100]  # 15, 25, 30 and 10 seconds
    pieces = messages(clauses, FakeSynthesiser())
    assert [piece.seconds for piece in pieces] == pytest.approx([40.5, 40.5])
    for piece in pieces:
        for encode in (encode_mp3, encode_amr):
            data = encode(piece)
            assert len(data) < 2_000_000
            assert decode(data).seconds == pytest.approx(piece.seconds, abs=0.2)
    (cut,) = messages(["长" * 900], FakeSynthesiser())
    assert cut.seconds == LONGEST


def test_the_budget_keeps_room_for_what_becomes_of_it(
    sim: WeChatSimulator, send: Deliver, services: Services
) -> None:
    user = sim.user("oLi")
    user.quota.wrote()
    spoken = Message(
        openid="oLi", account="gh_1", kind="voice", created=int(time.time()), msg_id="1"
    )
    Ledger(services.database).receive([spoken])
    assert [send(ANSWER) for _ in range(2)] == [Sent()] * 2
    assert isinstance(send(ANSWER), GiveUp)
    assert len(user.inbox) == 2
    Api(services.settings, services.database).send_text("oLi", "灯修好了")
    assert user.last == "灯修好了"


@pytest.mark.parametrize("endpoint", ["upload", "send"])
def test_an_account_that_may_not_push_voice_is_left_in_peace(
    sim: WeChatSimulator, send: Deliver, endpoint: str, caplog: pytest.LogCaptureFixture
) -> None:
    sim.user("oLi").quota.wrote()
    sim.faults.next(endpoint, ErrCode(45162))
    assert isinstance(send(ANSWER), GiveUp)
    assert "请管理员处理" not in caplog.text


def test_what_may_pass_is_tried_again_from_where_it_broke(
    sim: WeChatSimulator, send: Deliver
) -> None:
    user = sim.user("oLi")
    user.quota.wrote()
    long = {"openid": "oLi", "clauses": ["好" * 400, "的" * 400]}
    sim.faults.order("upload", [None, Drop()])
    assert isinstance(send(long), Retry)
    assert send(long) == Sent()
    assert [round(decode(received.sound).seconds) for received in user.inbox] == [40, 40]
