"""`site`: a whole application over SQLite, real flows and wording, a voice that is quick."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from bot.app import create_app
from tests.pages.site import Site
from tests.support.services import make_services


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    services = make_services(tmp_path, open311_keys="secret-key:城管,k2:区里")
    try:
        # Faults show as answers, as they would to a browser, instead of as exceptions.
        client = TestClient(create_app(services), raise_server_exceptions=False)
        yield Site(services, client)
    finally:
        services.database.close()
