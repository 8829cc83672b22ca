from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.dialogue.warm import warm
from bot.settings import Settings
from bot.storage.box import Box
from bot.storage.database import Database
from locales.load import load_community
from tests.simulators.wechat import WeChatSimulator
from tests.support.databases import database_url, postgres_server

__all__ = ["database", "database_url", "postgres_server", "settings", "sim", "warmed"]


@pytest.fixture(scope="session", autouse=True)
def warmed() -> None:
    warm(load_community())


@pytest.fixture
def sim() -> Iterator[WeChatSimulator]:
    """Nothing listens at its callback until a test sets one."""
    with WeChatSimulator(callback="http://127.0.0.1:9/wechat") as sim:
        yield sim


@pytest.fixture
def settings(sim: WeChatSimulator, tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        home=tmp_path,
        public_url="http://linsheng.example",
        wechat_appid=sim.account.appid,
        wechat_secret=SecretStr(sim.account.secret),
        wechat_token=SecretStr(sim.account.token),
        wechat_aes_key=SecretStr(sim.account.aes_key),
        wechat_api_base=sim.api_base,
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database, Box("a secret for tests only"))
    database.migrate()
    yield database
    database.close()
