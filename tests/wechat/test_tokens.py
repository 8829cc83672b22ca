from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from bot.channels.wechat.api import Api
from bot.channels.wechat.errors import ApiError, Policy
from bot.settings import Settings
from bot.storage.database import Database
from tests.simulators.wechat import ErrCode, Hang, WeChatSimulator


def test_fifty_threads_ask_once(
    sim: WeChatSimulator, settings: Settings, database: Database
) -> None:
    api = Api(settings, database)
    sim.faults.next("token", Hang(0.3))
    with ThreadPoolExecutor(50) as pool:
        tokens = set(pool.map(lambda _: api.tokens.get(), range(200)))
    assert len(tokens) == 1
    assert sim.tokens.asked == 1


def test_processes_share_one_token(
    sim: WeChatSimulator, settings: Settings, database: Database
) -> None:
    first, second = Api(settings, database), Api(settings, database)
    assert first.tokens.get() == second.tokens.get()
    assert sim.tokens.asked == 1


def test_the_token_is_not_stored_in_clear(
    sim: WeChatSimulator, settings: Settings, database: Database
) -> None:
    token = Api(settings, database).tokens.get()
    with database.read() as session:
        stored = session.execute(text("SELECT value FROM secrets")).scalars().all()
    assert stored
    assert not any(token.encode() in bytes(value) for value in stored)


def test_fifty_threads_replace_a_refused_token_once(
    sim: WeChatSimulator, settings: Settings, database: Database
) -> None:
    api = Api(settings, database)
    old = api.tokens.get()
    sim.tokens.revoke()
    user = sim.user("oLi")
    for _ in range(10):
        user.quota.wrote()
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda _: api.send_text("oLi", "您好"), range(5)))
    assert len(user.inbox) == 5
    assert sim.tokens.asked == 2
    assert api.tokens.get() != old


def test_forces_a_new_token_once_when_wechat_insists_on_a_bad_one(
    sim: WeChatSimulator, settings: Settings, database: Database
) -> None:
    api = Api(settings, database)
    first = api.tokens.get()
    # The token is good by `stable_token`, and yet the call refuses it.
    second = api.tokens.replace(first)
    assert second != first
    assert sim.tokens.asked == 3
    third = api.tokens.replace(second)
    assert third == second, "forced once in 75 minutes: 20 a day are allowed"


def test_wrong_secret_is_for_the_operator(
    sim: WeChatSimulator, settings: Settings, database: Database
) -> None:
    sim.faults.next("token", ErrCode(40125))
    with pytest.raises(ApiError) as caught:
        Api(settings, database).send_text("oLi", "您好")
    assert caught.value.policy is Policy.ALARM
    assert settings.wechat_secret.get_secret_value() not in str(caught.value)
