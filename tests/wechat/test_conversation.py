"""Residents write; tickets stand; whatever WeChat does, there is one ticket and one is answered."""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bot.dialogue.answer import Answer, Inbound
from bot.services import Services
from bot.storage.tables import Incoming, Recording, Ticket
from flows.ticket_number import is_ticket_number
from tests.simulators.wechat import Account, ErrCode, WeChatSimulator, envelope
from tests.support.services import FakeRecogniser, make_services
from tests.wechat.running import Background, running
from tests.wechat.wire import configured, text_xml
from voice.codecs import encode_amr
from voice.recognition.protocol import RecogniserBusy, Recognition
from voice.sound import Sound

REPORT = "和睦新村三幢二单元的楼道灯坏了"
NOISE = Sound(bytes(range(256)) * 125, 8000)


class Slowed:
    """The dialogue, but the first turns take their time."""

    def __init__(self, dialogue: Any, *seconds: float) -> None:
        self._dialogue = dialogue
        self._seconds = list(seconds)

    def take(self, inbound: Inbound) -> Answer:
        if self._seconds:
            time.sleep(self._seconds.pop(0))
        answer: Answer = self._dialogue.take(inbound)
        return answer


@pytest.fixture
def ear() -> FakeRecogniser:
    return FakeRecogniser([REPORT])


@pytest.fixture
def services(sim: WeChatSimulator, tmp_path: Path, ear: FakeRecogniser) -> Iterator[Services]:
    services = make_services(
        tmp_path,
        ear,
        public_url="http://linsheng.example",
        **configured(sim.account, sim.api_base),
    )
    yield services
    services.database.close()


@pytest.fixture
def live(sim: WeChatSimulator, services: Services) -> Iterator[WeChatSimulator]:
    with running(services) as url, Background(services):
        sim.callback = url
        yield sim


def tickets(services: Services) -> list[Ticket]:
    with services.database.read() as session:
        return list(session.scalars(select(Ticket)))


def has_ticket(text: str) -> bool:
    return bool(
        any(is_ticket_number(n) for n in re.findall(r"\d{6}", text))
        and "http://linsheng.example/t/" in text
    )


def test_the_address_checks_out(live: WeChatSimulator) -> None:
    assert live.check_url()


def test_a_text_report_is_a_ticket_with_a_link_at_once(
    live: WeChatSimulator, services: Services
) -> None:
    user = live.user("oLi").send_text(REPORT, msg_id="1")
    assert has_ticket(user.last), user.last
    assert user.inbox[0].kind == "reply"
    assert live.tries["1"][0].seconds < 5
    (ticket,) = tickets(services)
    assert (ticket.category, ticket.place_id) == ("lighting", "hm/3/2")


def test_thrice_in_a_row(live: WeChatSimulator, services: Services) -> None:
    user = live.user("oLi")
    for _ in range(3):
        user.send_text(REPORT, msg_id="1")
    assert len(tickets(services)) == 1
    assert len({r.text for r in user.inbox}) == 1
    assert len(user.inbox) == 3, "each time the same passive reply: the one before may be lost"


def test_thrice_at_once(live: WeChatSimulator, services: Services) -> None:
    user = live.user("oLi")
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: user.send_text(REPORT, msg_id="1"), range(10)))
    assert len(tickets(services)) == 1
    assert len({r.text for r in user.inbox}) == 1
    assert user.banners == 0


def test_a_slow_first_try_is_answered_by_a_push_once(
    sim: WeChatSimulator, services: Services
) -> None:
    slow = replace(services, dialogue=Slowed(services.dialogue, 6.0))  # type: ignore[arg-type]
    with running(slow) as url, Background(services):
        sim.callback = url
        user = sim.user("oLi").send_text(REPORT, msg_id="1")
        assert (user.inbox, user.banners) == ([], 0)
        assert [t.text for t in sim.tries["1"]] == [""], "acknowledged in time"
        assert sim.tries["1"][0].seconds < 5
        # The acknowledgement may be lost: WeChat tries again, while the first is still at work.
        user.send_text(REPORT, msg_id="1")
        pushed = user.wait(10)
        assert pushed is not None
        assert pushed.kind == "push"
        assert has_ticket(pushed.text)
        time.sleep(1)
        assert len(user.inbox) == 1
    assert len(tickets(services)) == 1


def test_a_push_that_was_made_is_not_lost_with_the_process(
    sim: WeChatSimulator, services: Services
) -> None:
    slow = replace(services, dialogue=Slowed(services.dialogue, 5.0))  # type: ignore[arg-type]
    with running(slow) as url:
        sim.callback = url
        user = sim.user("oLi").send_text(REPORT)
        time.sleep(2)
    assert user.inbox == []
    with Background(services):
        assert user.wait(5) is not None


def test_what_was_stored_and_never_answered_is_done_and_pushed(
    sim: WeChatSimulator, services: Services
) -> None:
    class Broken:
        def take(self, inbound: Inbound) -> Answer:
            raise RuntimeError("no luck")

    with running(replace(services, dialogue=Broken())) as url:  # type: ignore[arg-type]
        sim.callback = url
        user = sim.user("oLi").send_text(REPORT, msg_id="1")
        assert (user.inbox, user.banners) == ([], 0)
    with Background(services, patience=0.5):
        pushed = user.wait(10)
    assert pushed is not None
    assert has_ticket(pushed.text)
    assert len(tickets(services)) == 1


def test_what_never_succeeds_is_given_up_with_an_apology(
    sim: WeChatSimulator, services: Services
) -> None:
    class Broken:
        def take(self, inbound: Inbound) -> Answer:
            raise RuntimeError("no luck")

    broken = replace(services, dialogue=Broken())  # type: ignore[arg-type]
    with running(broken) as url:
        sim.callback = url
        user = sim.user("oLi").send_text(REPORT, msg_id="1")
    with Background(broken, patience=0.05):
        pushed = user.wait(20)
    assert pushed is not None
    assert services.community.profile.hotline in pushed.text
    with services.database.read() as session:
        row = session.get_one(Incoming, "wechat:1")
        assert row.state == "failed"
        assert row.payload["message"]["fields"]["Content"] == REPORT, "kept"
        ticket = session.scalars(select(Ticket)).one()
        assert (ticket.state, ticket.callback) == ("draft", "not_understood"), "on top of the desk"
        assert ticket.description == REPORT


def test_storage_that_is_away_makes_wechat_come_again(
    sim: WeChatSimulator, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter([True, True])
    begin = services.database.begin

    def flaky() -> Any:
        if next(failures, False):
            raise OSError("disk full")
        return begin()

    with running(services) as url:
        monkeypatch.setattr(services.database, "begin", flaky)
        sim.callback = url
        user = sim.user("oLi").send_text(REPORT, msg_id="1")
    assert [t.status for t in sim.tries["1"]] == [503, 503, 200]
    assert has_ticket(user.last)


def test_voice_is_stored_and_heard(live: WeChatSimulator, services: Services) -> None:
    user = live.user("oLi").send_voice(encode_amr(NOISE))
    assert has_ticket(user.last), user.last
    with services.database.read() as session:
        (recording,) = session.scalars(select(Recording))
    assert recording.media_type == "audio/amr"
    assert recording.conversation_id
    assert services.recordings.read(recording.id) == encode_amr(NOISE)
    assert tickets(services)[0].report["attachments"] == [recording.id]


def test_voice_thrice_is_heard_once(
    live: WeChatSimulator, services: Services, ear: FakeRecogniser
) -> None:
    user = live.user("oLi")
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: user.send_voice(encode_amr(NOISE), msg_id="9"), range(3)))
    assert len(tickets(services)) == 1
    assert len(ear.heard) == 1
    assert len({r.text for r in user.inbox}) == 1


@pytest.mark.parametrize("data", [b"#!AMR\n", b"garbage", b"\x02#!SILK_V3", b"RIFF" + b"\0" * 99])
def test_voice_nobody_understands_is_kept(
    live: WeChatSimulator, services: Services, data: bytes
) -> None:
    user = live.user("oLi").send_voice(data)
    assert user.last
    assert user.banners == 0
    with services.database.read() as session:
        (recording,) = session.scalars(select(Recording))
    assert services.recordings.read(recording.id) == data


def test_voice_while_every_recogniser_is_busy(
    sim: WeChatSimulator, services: Services, ear: FakeRecogniser
) -> None:
    class Busy(FakeRecogniser):
        until = time.monotonic() + 6

        def recognise(self, sound: Sound) -> Recognition:
            if time.monotonic() < self.until:
                raise RecogniserBusy
            return ear.recognise(sound)

    busy = replace(services, recogniser=Busy())
    with running(busy) as url, Background(busy):
        sim.callback = url
        user = sim.user("oLi").send_voice(encode_amr(NOISE))
        assert (user.inbox, user.banners) == ([], 0)
        pushed = user.wait(10)
    assert pushed is not None
    assert has_ticket(pushed.text)


def test_expired_voice_is_asked_for_again(live: WeChatSimulator, services: Services) -> None:
    live.faults.next("media", ErrCode(40007))
    user = live.user("oLi").send_voice(encode_amr(NOISE))
    assert "再发一次" in user.last
    assert tickets(services) == []


def test_wechat_in_trouble_delays_a_voice_and_loses_nothing(
    sim: WeChatSimulator, services: Services
) -> None:
    sim.faults.next("media", ErrCode(-1), times=2)
    with running(services) as url, Background(services, patience=0.5):
        sim.callback = url
        user = sim.user("oLi").send_voice(encode_amr(NOISE))
        pushed = user.wait(10)
    assert pushed is not None
    assert has_ticket(pushed.text)
    assert len(tickets(services)) == 1


def test_a_picture_and_a_video_are_kept(live: WeChatSimulator, services: Services) -> None:
    user = live.user("oLi").send_text(REPORT)
    user.send_picture(b"\xff\xd8\xff\xe0jpeg").send_video(b"\0\0\0\x18ftypmp42")
    assert len(user.inbox) == 3
    with services.database.read() as session:
        kinds = set(session.scalars(select(Recording.media_type)))
    assert kinds == {"image/jpeg", "video/mp4"}


def test_a_code_on_the_wall_says_where(live: WeChatSimulator, services: Services) -> None:
    user = live.user("oLi").follow("hm/3/2")
    assert "和睦社区" in user.last
    assert "3幢2单元" in user.last
    user.send_text("楼道灯坏了")
    assert has_ticket(user.last), user.last
    assert tickets(services)[0].place_id == "hm/3/2"


def test_a_code_of_nowhere_is_a_greeting(live: WeChatSimulator) -> None:
    user = live.user("oLi").scan("https://example.com/elsewhere")
    assert "和睦社区" in user.last
    assert "example" not in user.last


def test_every_type_is_answered_or_acknowledged(live: WeChatSimulator) -> None:
    user = live.user("oLi").follow()
    assert "和睦社区" in user.last
    for kind in ("link", "file", "miniprogrampage", "music_of_the_future"):
        before = len(user.inbox)
        user.send(kind, {"Title": "x"})
        assert "打不开" in user.last
        assert len(user.inbox) == before + 1
    before = len(user.inbox)
    for name in ("VIEW", "LOCATION", "TEMPLATESENDJOBFINISH", "pic_weixin", "never_heard_of"):
        user.event(name, EventKey="x", Status="success")
    user.unfollow()
    assert (len(user.inbox), user.banners) == (before, 0)
    user.follow().scan("hm/东门").send_location("和睦新村3幢").click("人工")
    assert user.banners == 0


def test_a_reply_cannot_be_broken_by_what_somebody_writes(live: WeChatSimulator) -> None:
    user = live.user("oLi")
    for evil in ("]]><Content>骗人</Content>", "a\x0bb", "<xml>&amp;", "😀" * 500):
        user.send_text(evil)
        assert user.banners == 0
        assert "骗人</Content>" not in user.last


def test_words_do_not_wait_for_voices(sim: WeChatSimulator, services: Services) -> None:
    class Slow:
        rate = 8000

        def recognise(self, sound: Sound) -> Recognition:
            time.sleep(3)
            return Recognition(text="", confidence=0.0)

    slow = replace(services, recogniser=Slow())  # type: ignore[arg-type]
    with running(slow) as url:
        sim.callback = url
        with ThreadPoolExecutor(8) as pool:
            for number in range(8):
                pool.submit(sim.user(f"o{number}").send_voice, encode_amr(NOISE))
            time.sleep(0.5)
            user = sim.user("oLi").send_text(REPORT, msg_id="1")
            assert sim.tries["1"][0].seconds < 1
            assert has_ticket(user.last)


def test_a_replayed_envelope_is_refused(
    live: WeChatSimulator, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    query, body = envelope.wrap(live.account, text_xml(MsgId="5"), time.time() - 120)
    assert httpx.post(live.callback, params=query, content=body).status_code == 200
    assert httpx.post(live.callback, params=query, content=body).status_code == 200
    with services.database.begin() as session:
        row = session.get_one(Incoming, "wechat:5")
        row.created -= timedelta(seconds=90)
    answer = httpx.post(live.callback, params=query, content=body)
    assert (answer.status_code, answer.text) == (403, "replayed")
    assert len(tickets(services)) == 1


def test_in_plain_mode_a_signature_is_good_for_one_message(tmp_path: Path) -> None:
    plain = Account(aes_key="")
    services = make_services(tmp_path, **configured(plain))
    with running(services) as url:
        query, body = envelope.wrap(plain, text_xml())
        assert httpx.post(url, params=query, content=body).status_code == 200
        assert httpx.post(url, params=query, content=body).status_code == 200
        other = text_xml(FromUserName="oEve", Content="查单号").encode()
        assert httpx.post(url, params=query, content=other).status_code == 403


def test_nothing_personal_in_the_log(
    live: WeChatSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="bot")
    live.faults.next("media", ErrCode(40007))
    live.user("oVerySecretOpenid").send_text(REPORT).send_voice(encode_amr(NOISE))
    assert "oVerySecretOpenid" not in caplog.text
    assert "楼道灯" not in caplog.text
