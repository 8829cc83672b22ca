import pytest

from bot.channels.wechat import client
from bot.channels.wechat.api import Api
from bot.channels.wechat.errors import ApiError, Policy, policy
from bot.settings import Settings
from bot.storage.database import Database
from tests.simulators.wechat import Drop, ErrCode, Hang, Html, Status, WeChatSimulator
from tests.simulators.wechat.faults import Fault

DAY = 86400


@pytest.fixture
def api(settings: Settings, database: Database) -> Api:
    return Api(settings, database)


def test_sends(sim: WeChatSimulator, api: Api) -> None:
    user = sim.user("oLi")
    user.quota.wrote()
    api.send_text("oLi", "您好，“灯”修好了 😀")
    assert [(r.kind, r.text) for r in user.inbox] == [("push", "您好，“灯”修好了 😀")]


@pytest.mark.parametrize("endpoint", ["token", "send"])
@pytest.mark.parametrize(
    "fault", [Html(), Status(502), Drop(), Hang(1.0), ErrCode(-1), ErrCode(45011)], ids=str
)
def test_what_passes_is_to_be_tried_again(
    sim: WeChatSimulator, api: Api, endpoint: str, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api._client, "timeout", (0.5, 0.5))
    user = sim.user("oLi")
    user.quota.wrote()
    sim.faults.next(endpoint, fault)
    with pytest.raises(ApiError) as caught:
        api.send_text("oLi", "您好")
    assert caught.value.policy is Policy.RETRY
    assert "access_token" not in str(caught.value)
    api.send_text("oLi", "您好")
    assert "您好" in user.last


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_refused_token_is_replaced_once(sim: WeChatSimulator, api: Api, code: int) -> None:
    user = sim.user("oLi")
    user.quota.wrote()
    sim.faults.next("send", ErrCode(code))
    api.send_text("oLi", "您好")
    assert len(user.inbox) == 1
    sim.faults.next("send", ErrCode(code), times=5)
    with pytest.raises(ApiError) as caught:
        api.send_text("oLi", "您好")
    assert caught.value.policy is Policy.REFRESH, "and no endless loop"


def test_an_expired_token_is_renewed(sim: WeChatSimulator, api: Api) -> None:
    user = sim.user("oLi")
    user.quota.wrote()
    api.send_text("oLi", "一")
    sim.clock.advance(7201)
    api.send_text("oLi", "二")
    assert user.last == "二"


def test_downloads_what_residents_sent(sim: WeChatSimulator, api: Api) -> None:
    digits = sim.media.put(b"12345", "audio/amr")
    assert api.download(digits) == (b"12345", "audio/amr")
    video = sim.media.put(b"\0\0\0\x18ftyp", "video/mp4")
    assert api.download(video) == (b"\0\0\0\x18ftyp", "video/mp4")


def test_media_is_gone_after_three_days(sim: WeChatSimulator, api: Api) -> None:
    media_id = sim.media.put(b"#!AMR\n", "audio/amr")
    sim.clock.advance(3 * DAY + 1)
    with pytest.raises(ApiError) as caught:
        api.download(media_id)
    assert (caught.value.code, caught.value.policy) == (40007, Policy.OUR_BUG)


def test_a_huge_file_is_not_taken_in(sim: WeChatSimulator, api: Api) -> None:
    media_id = sim.media.put(bytes(13 * 1024 * 1024), "image/jpeg")
    with pytest.raises(ApiError) as caught:
        api.download(media_id)
    assert caught.value.code == 45002


def test_a_page_instead_of_media_is_no_media(sim: WeChatSimulator, api: Api) -> None:
    media_id = sim.media.put(b"#!AMR\n", "audio/amr")
    sim.faults.next("media", Html())
    with pytest.raises(ApiError) as caught:
        api.download(media_id)
    assert caught.value.policy is Policy.RETRY


def test_wechat_itself_is_never_asked(settings: Settings, database: Database) -> None:
    """wechatpy has the address written into it in places."""
    nowhere = settings.model_copy(update={"wechat_api_base": "http://127.0.0.1:9"})
    api = Api(nowhere, database)
    for call in (lambda: api.send_text("oLi", "x"), lambda: api.download("m")):
        with pytest.raises(ApiError) as caught:
            call()
        assert caught.value.code == -1
    assert client.TIMEOUT[0] < 5


def test_the_table_of_errors() -> None:
    assert {policy(code) for code in (40001, 40014, 42001)} == {Policy.REFRESH}
    assert {policy(code) for code in (-1, 45011)} == {Policy.RETRY}
    stop = (43004, 43019, 43101, 45015, 45047, 48002)
    assert {policy(code) for code in stop} == {Policy.STOP_USER}
    assert {policy(code) for code in (45009, 48001, 40164, 40125, 50002)} == {Policy.ALARM}
    bugs = (40003, 40007, 44004, 45002, 47001, 47003)
    assert {policy(code) for code in bugs} == {Policy.OUR_BUG}
