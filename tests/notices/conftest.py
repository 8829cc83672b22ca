from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.notices.told import Told
from tests.simulators.wechat import WeChatSimulator
from tests.support.databases import database_url, postgres_server
from tests.support.services import Clock, make_services

__all__ = ["database_url", "postgres_server", "sim", "told"]


@pytest.fixture(scope="module")
def sim() -> Iterator[WeChatSimulator]:
    with WeChatSimulator(callback="http://127.0.0.1:9/wechat") as sim:
        yield sim


@pytest.fixture
def told(sim: WeChatSimulator, tmp_path: Path, database_url: str) -> Iterator[Told]:
    clock = Clock()
    account: dict[str, Any] = {f"wechat_{k.lower()}": v for k, v in sim.account.settings().items()}
    services = make_services(
        tmp_path, clock=clock, database_url=database_url, wechat_api_base=sim.api_base, **account
    )
    yield Told(services, sim, clock)
    services.database.close()
