from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from bot.app import create_app
from bot.failure import Failure
from bot.followup.dispatcher import Dispatcher
from bot.outlets.build import build_outlets
from bot.outlets.deliver import Deliver
from bot.outlets.protocol import Adapter
from locales.load import DEMO
from tests.outlets.receiver import Receiver, receiver
from tests.pages.site import Site
from tests.support.services import make_services

__all__ = ["outside"]


@pytest.fixture
def outside() -> Iterator[Receiver]:
    with receiver() as it:
        yield it


def profile(folder: Path, outlets: str) -> Path:
    """A profile file like the demo's, with these outlets (YAML)."""
    text = DEMO.read_text(encoding="utf-8").replace("outlets: []", f"outlets:\n{outlets}")
    file = folder / "community.yaml"
    file.write_text(text, encoding="utf-8")
    return file


class Town(Site):
    """A site with outlets, and hands to deliver with."""

    def __init__(self, folder: Path, outlets: str) -> None:
        services = make_services(folder, community=profile(folder, outlets), open311_keys="k:城管")
        super().__init__(services, TestClient(create_app(services), raise_server_exceptions=False))
        built = build_outlets(services.community.profile, services.settings)
        self.adapters: dict[str, Adapter] = {name: a for name, (_, a) in built.items()}
        self.time = 0.0
        self.dispatchers = {
            outlet.name: Dispatcher(
                services.database,
                {
                    outlet.adapter: Deliver(
                        services.database, outlet, adapter, monotonic=lambda: self.time
                    )
                },
            )
            for outlet, adapter in built.values()
        }

    def deliver(self) -> int:
        """Everything that is due, until nothing is; returns how many were tried."""
        tried = 0
        while now := sum(dispatcher.once() for dispatcher in self.dispatchers.values()):
            tried += now
        return tried


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Town]]:
    """`town(outlets)` makes one; secrets lie in `CITY_SECRET`."""
    monkeypatch.setenv("CITY_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made: list[Town] = []

    def make(outlets: str) -> Town:
        made.append(Town(tmp_path, outlets))
        return made[-1]

    yield make
    for one in made:
        one.services.database.close()


def failure(folder: Path, outlets: str) -> str:
    """What is said at start of outlets that cannot be used."""
    services = None
    try:
        services = Town(folder, outlets)
    except (Failure, ValueError) as error:
        return str(error)
    finally:
        if services:
            services.services.database.close()
    raise AssertionError("they were accepted")
