"""The site behind a real server, and Debian's Chromium to look at it with."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, sync_playwright

from bot.app import create_app
from tests.pages.site import Site
from tests.support.service import free_port
from tests.support.services import make_services
from tests.support.serving import serving

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    # A microphone that beeps once a second, and nobody to ask whether it may be used.
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
]  # fmt: skip


@dataclass
class Served:
    url: str
    site: Site


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Not for the whole session: Playwright's event loop runs on in this thread, and nobody else
    could start one."""
    if not CHROMIUM.exists():
        missing = f"CHROMIUM IS MISSING ({CHROMIUM}): no page was looked at. apt install chromium"
        if os.environ.get("LINSHENG_REQUIRE_SYSTEM") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    port = free_port()
    services = make_services(tmp_path, bind=f"127.0.0.1:{port}")
    app = create_app(services)
    with serving(app, port=port) as url:
        yield Served(url, Site(services, TestClient(app)))
    services.database.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A small telephone of some years ago."""
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, device_scale_factor=2, is_mobile=True,
        has_touch=True,
    )  # fmt: skip
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def desktop(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()
