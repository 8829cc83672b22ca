"""What SIPp needs, and one real Asterisk for all tests of a worker."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulators.sipp import need_sipp
from tests.support.asterisk.install import need_asterisk
from tests.support.asterisk.server import AsteriskServer


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AsteriskServer]:
    asterisk = AsteriskServer(need_asterisk(), tmp_path_factory.mktemp("asterisk"))
    asterisk.start()
    yield asterisk
    asterisk.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where SIPp runs: with a second of A-law silence to send."""
    need_sipp()
    (tmp_path / "caller.raw").write_bytes(b"\xd5" * 8000)
    return tmp_path
