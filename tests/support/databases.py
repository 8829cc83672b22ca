"""Fixtures: each test that asks for `database_url` runs on SQLite and on a real PostgreSQL.

Used by `from tests.support.databases import *` in a folder's `conftest.py`.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.services import Services
from tests.support.postgres import PostgresMissing, make_database, postgres
from tests.support.services import make_services

__all__ = ["database_url", "postgres_server", "services"]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """One server for all tests of the session; without the package they are skipped, and say so.

    `LINSHENG_REQUIRE_SYSTEM=1` makes that a failure.
    """
    try:
        with postgres() as server:
            yield server
    except PostgresMissing as missing:
        if os.environ.get("LINSHENG_REQUIRE_SYSTEM") == "1":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.system)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'linsheng.db'}"
    return make_database(request.getfixturevalue("postgres_server"))


@pytest.fixture
def services(tmp_path: Path, database_url: str) -> Iterator[Services]:
    """Everything, on either database."""
    made = make_services(tmp_path, database_url=database_url)
    yield made
    made.database.close()
