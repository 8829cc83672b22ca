"""WeChat's budget: one ledger for every thread and process."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.channels.wechat.api import Api
from bot.channels.wechat.budget import Budget
from bot.channels.wechat.errors import BUDGET_SPENT, ApiError
from bot.channels.wechat.template import fit
from tests.notices.told import Told
from tests.simulators.wechat import ErrCode
from tests.support.killed import Doomed
from tests.support.services import make_services


def _drain(tell: Callable[[int], None], told: Told, openid: str) -> None:
    own = make_services(told.services.settings.home, database_url=told.services.settings.database)
    budget = Budget(own.database)
    tell(sum(budget.spend(openid) is not None for _ in range(5)))


def test_three_processes_spend_five_together(told: Told) -> None:
    user = told.user()
    told.services.database.engine.dispose()
    children = [Doomed(_drain, told, user.openid) for _ in range(3)]
    spent = [child.next() for child in children]
    for child in children:
        child.kill()
    assert sum(spent) == 5


def test_threads_that_send_at_once_stay_within_it(told: Told) -> None:
    user = told.user()
    api = Api(told.services.settings, told.services.database)
    refused = []
    start = threading.Barrier(8)

    def send(number: int) -> None:
        start.wait()
        try:
            api.send_text(user.openid, str(number))
        except ApiError as error:
            refused.append(error.code)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(8)))
    assert len(user.inbox) == 5
    assert refused == [BUDGET_SPENT] * 3


@pytest.mark.parametrize("event", ["click", "subscribe", "scan"])
def test_a_touch_opens_three_more(told: Told, event: str) -> None:
    user = told.user()
    budget = Budget(told.services.database)
    told.writes(user, event)
    assert [budget.spend(user.openid) for _ in range(9)] == ["touch"] * 3 + ["message"] * 5 + [None]


def test_what_wechat_did_not_send_costs_nothing(told: Told) -> None:
    user = told.user()
    api = Api(told.services.settings, told.services.database)
    told.sim.faults.next("send", ErrCode(45011))
    with pytest.raises(ApiError):
        api.send_text(user.openid, "一")
    for number in range(5):
        api.send_text(user.openid, str(number))
    with pytest.raises(ApiError):
        api.send_text(user.openid, "七")
    assert len(user.inbox) == 5


def test_wechat_knows_better(told: Told) -> None:
    user = told.user()
    told.sim.clock.advance(49 * 3600)
    api = Api(told.services.settings, told.services.database)
    with pytest.raises(ApiError, match="45015"):
        api.send_text(user.openid, "一")
    assert Budget(told.services.database).spend(user.openid) is None


def test_every_field_fits() -> None:
    assert len(fit("thing1", "灯" * 50)) == 20
    assert fit("phrase1", "修好待确认了") == "修好待确认"
    assert fit("character_string1", "单号 572005 号") == " 572005 "
    assert fit("thing9", "") == "-"
