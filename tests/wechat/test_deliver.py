"""The outbox's adapter: what is sent, tried again, given up."""

import pytest

from bot.channels.wechat.api import Api
from bot.channels.wechat.deliver import deliver
from bot.followup.outcome import Deliver, GiveUp, Retry, Sent
from bot.settings import Settings
from bot.storage.database import Database
from tests.simulators.wechat import Drop, ErrCode, Html, WeChatSimulator
from tests.simulators.wechat.faults import Fault


@pytest.fixture
def send(settings: Settings, database: Database) -> Deliver:
    return deliver(Api(settings, database))


def test_sent(sim: WeChatSimulator, send: Deliver) -> None:
    user = sim.user("oLi")
    user.quota.wrote()
    assert send({"openid": "oLi", "text": "灯修好了"}) == Sent()
    assert user.last == "灯修好了"


def test_the_budget_is_used_up(sim: WeChatSimulator, send: Deliver) -> None:
    sim.user("oLi").quota.wrote()
    outcomes = [send({"openid": "oLi", "text": str(n)}) for n in range(6)]
    assert outcomes[:5] == [Sent()] * 5
    assert isinstance(outcomes[5], GiveUp)
    assert "45047" in outcomes[5].reason


def test_two_days_later(sim: WeChatSimulator, send: Deliver) -> None:
    sim.user("oLi").quota.wrote()
    sim.clock.advance(48 * 3600 + 1)
    assert isinstance(send({"openid": "oLi", "text": "灯修好了"}), GiveUp)


def test_who_left_is_left_alone(sim: WeChatSimulator, send: Deliver) -> None:
    sim.user("oLi").following = False
    assert isinstance(send({"openid": "oLi", "text": "灯修好了"}), GiveUp)


@pytest.mark.parametrize("fault", [Html(), Drop(), ErrCode(-1), ErrCode(45009), ErrCode(40164)])
def test_what_may_pass_is_tried_again(
    sim: WeChatSimulator, send: Deliver, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    user = sim.user("oLi")
    user.quota.wrote()
    sim.faults.next("send", fault)
    assert isinstance(send({"openid": "oLi", "text": "灯修好了"}), Retry)
    if fault in (ErrCode(45009), ErrCode(40164)):
        assert "请管理员处理" in caplog.text
    assert send({"openid": "oLi", "text": "灯修好了"}) == Sent()
    assert [r.text for r in user.inbox] == ["灯修好了"]


def test_our_own_bug_is_not_repeated(sim: WeChatSimulator, send: Deliver) -> None:
    assert isinstance(send({"openid": "nobody", "text": "灯修好了"}), GiveUp)


def test_a_long_text_goes_on_where_it_broke_off(sim: WeChatSimulator, send: Deliver) -> None:
    user = sim.user("oLi")
    user.quota.wrote()
    text = "。".join(f"第{n}句话说的是楼道里的灯" for n in range(100))
    assert send({"openid": "oLi", "text": text}) == Sent()
    assert len(user.inbox) == 3
    assert "".join(r.text for r in user.inbox) == text
    user.inbox.clear()
    user.quota.wrote()
    sim.faults.order("send", [None, ErrCode(-1)])
    assert isinstance(send({"openid": "oLi", "text": text}), Retry)
    assert send({"openid": "oLi", "text": text}) == Sent()
    assert "".join(r.text for r in user.inbox) == text


def test_nothing_personal_in_reasons(sim: WeChatSimulator, send: Deliver) -> None:
    outcome = send({"openid": "oVerySecretOpenid", "text": "灯修好了"})
    assert isinstance(outcome, GiveUp)
    assert "oVerySecretOpenid" not in outcome.reason
