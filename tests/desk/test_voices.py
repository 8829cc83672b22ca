"""Prompts in people's own voices, from the desk."""

from datetime import UTC, datetime

import numpy as np
import pytest
from httpx import Response

from bot.desk.voices import clauses
from tests.pages.site import Site, hidden
from tests.voice.test_recorded import voice, webm
from voice.codecs import decode, encode_wav
from voice.recorded.pack import clause_id
from voice.recorded.recorded import Shelf

TEXT = "对吗？"
CLAUSE = clause_id(TEXT)
PAGE = f"/desk/voices/mandarin/{CLAUSE}"


def send(site: Site, data: bytes, page: str = PAGE) -> Response:
    fields = site.form(page, f"{page}/take")
    answer: Response = site.client.post(
        f"{page}/take", data=fields, files={"sound": ("take", data, "audio/webm")}
    )
    return answer


def introduce(site: Site, **changed: str) -> Response:
    fields = {"name": "王阿姨", "language": "杭州话", "licence": "community", "consent": "yes"}
    path = "/desk/voices/mandarin/speaker"
    return site.post("/desk/voices?pack=mandarin", path, **{**fields, **changed})


def test_a_supervisor_records_and_publishes(site: Site) -> None:
    site.sign_in("supervisor")
    assert "还没录 " in site.client.get("/desk/voices").text
    assert "同意才能保存" in introduce(site, consent="").text
    assert "写清" in introduce(site, name="").text
    answer = send(site, webm(voice()))
    assert "录好了" in answer.text
    assert site.client.get(PAGE).text.count("<audio") == 2
    assert "先在" in site.post(PAGE, f"{PAGE}/publish").text
    assert "说话人记下了" in introduce(site).text
    assert "发布了" in site.post(PAGE, f"{PAGE}/publish").text
    shelf = Shelf(site.services.settings.voices, site.services.database.box)
    sound = shelf.said(TEXT)
    assert sound is not None
    now = site.client.get(f"{PAGE}/now.mp3")
    assert decode(now.content).seconds == pytest.approx(sound.seconds, abs=0.15)
    heard = site.client.get(f"{PAGE}/take.mp3")
    assert heard.headers["content-type"] == "audio/mpeg"
    assert decode(heard.content).seconds == pytest.approx(sound.seconds, abs=0.15)
    listed = site.client.get("/desk/voices?show=published").text
    assert TEXT in listed
    assert "已经用上 1 句" in listed
    assert "撤下了" in site.post(PAGE, f"{PAGE}/unpublish").text
    assert shelf.said(TEXT) is None


def test_a_speaker_who_changed_her_mind_is_gone_altogether(site: Site) -> None:
    site.sign_in("supervisor")
    introduce(site)
    send(site, encode_wav(voice()))
    site.post(PAGE, f"{PAGE}/publish")
    path = "/desk/voices/mandarin/erase"
    assert "打上勾" in site.post("/desk/voices", path).text
    shelf = Shelf(site.services.settings.voices, site.services.database.box)
    assert shelf.said(TEXT) is not None
    assert "全部删掉了" in site.post("/desk/voices", path, sure="yes").text
    assert shelf.said(TEXT) is None
    assert not shelf.pack("mandarin").folder.exists()


def test_trimming(site: Site) -> None:
    site.sign_in("supervisor")
    send(site, encode_wav(voice()))
    answer = site.post(PAGE, f"{PAGE}/trim", begin="0.5", end="1.0")
    assert "剪好了" in answer.text
    heard = decode(site.client.get(f"{PAGE}/take.mp3").content)
    assert heard.seconds == pytest.approx(0.5, abs=0.15)
    original = decode(site.client.get(f"{PAGE}/original.wav").content)
    assert original.seconds == pytest.approx(2.0, abs=0.05)
    assert np.frombuffer(original.pcm, "<i2").any()
    for begin, end in (("1.0", "0.5"), ("x", "1"), ("nan", "nan"), ("", "")):
        bad = site.post(PAGE, f"{PAGE}/trim", begin=begin, end=end)
        assert bad.status_code == 422
        assert "alarm" in bad.text


def test_a_volunteer_records_but_does_not_decide(site: Site) -> None:
    site.sign_in("volunteer")
    assert "录好了" in send(site, encode_wav(voice())).text
    page = site.client.get(PAGE).text
    assert "请社区工作人员来做" in page
    csrf = hidden(page, f"{PAGE}/take")
    for action in ("publish", "unpublish", "drop"):
        assert site.client.post(f"{PAGE}/{action}", data=csrf).status_code == 403
    for action in ("speaker", "active"):
        path = f"/desk/voices/mandarin/{action}"
        assert site.client.post(path, data=csrf).status_code == 403
    shelf = Shelf(site.services.settings.voices, site.services.database.box)
    assert shelf.pack("mandarin").take(CLAUSE) is not None


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"", "先选一个"), (b"nothing" * 99, "不是能读的"), (encode_wav(voice(level=1)), "没有听到")],
)
def test_what_is_no_recording(site: Site, data: bytes, says: str) -> None:
    site.sign_in("volunteer")
    answer = send(site, data)
    assert answer.status_code == 422
    assert says in answer.text


def test_only_from_our_own_pages_and_only_the_staff(site: Site) -> None:
    assert site.client.get(PAGE).url.path == "/desk/sign-in"
    site.sign_in("admin")
    files = {"sound": ("take", encode_wav(voice()), "audio/wav")}
    assert site.client.post(f"{PAGE}/take", files=files).status_code == 403
    assert site.client.post(f"{PAGE}/publish").status_code == 403
    for path in ("/desk/voices/klingon/x", f"/desk/voices/mandarin/{'0' * 32}",
                 "/desk/voices/mandarin/..%2f..%2fsecret", f"{PAGE}/take.mp3"):  # fmt: skip
        assert site.client.get(path).status_code == 404


def test_a_recording_of_words_that_changed_is_listed(site: Site) -> None:
    site.sign_in("admin")
    old = "还有别的事情吗？"
    pack = Shelf(site.services.settings.voices, site.services.database.box).pack("mandarin")
    pack.record(old, encode_wav(voice()), "小陈", datetime.now(UTC))
    listed = site.client.get("/desk/voices?show=outdated").text
    assert old in listed
    page = f"/desk/voices/mandarin/{clause_id(old)}"
    shown = site.client.get(page).text
    assert "已经改了" in shown
    assert f"/desk/voices/mandarin/{clause_id('还有别的事吗？')}" in shown
    assert "删掉了" in site.post(page, f"{page}/drop").text
    assert pack.takes() == {}


def test_the_dialect_is_heard_first_when_it_is_chosen(site: Site) -> None:
    site.sign_in("supervisor")
    path = "/desk/voices/dialect/active"
    assert "换好了" in site.post("/desk/voices?pack=dialect", path).text
    assert Shelf(site.services.settings.voices, site.services.database.box).active == "dialect"


def test_everything_that_is_always_said_can_be_recorded(site: Site) -> None:
    listed = clauses(site.services.wording, site.services.community.gazetteer)
    assert len(listed) > 250
    assert "三幢二单元，" in listed.values()
    site.sign_in("volunteer")
    page = site.client.get("/desk/voices").text
    assert page.count("/desk/voices/mandarin/") - page.count("<form") <= 101
    for text in ("您好，这里是和睦社区。", "还有别的事吗？"):
        assert text in listed.values()
        assert text in page
