"""Two other platforms are told of every ticket, each in its own fields; a receipt comes back."""

import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.webhook_signature import SignatureError, verify
from locales.load import DEMO
from tests.demo.facts import Facts
from tests.demo.scenes.desk import NAME, PASSWORD, Desk
from tests.outlets.receiver import Receiver, Request, receiver

FOREIGN = "CG-20261124-0007"
"""The ticket's number over there."""
_WITHIN = 30.0
"""Seconds; the queue is looked at twice a second."""
_PROFILE = """outlets:
  - {name: city, kind: webhook, url: "%s/events", secret: {file: "%s"},
     mapping_file: "%s/city_management.json.j2", tickets: {categories: [lighting]},
     fields: [place, description]}
  - {name: cockpit, kind: webhook, url: "%s/feed", secret: {file: "%s"},
     mapping_file: "%s/cockpit.json.j2"}
"""


@dataclass
class Platforms:
    city: Receiver
    cockpit: Receiver
    profile: Path
    """The demo's community with both as outlets."""
    secret: str


@contextmanager
def platforms(folder: Path) -> Iterator[Platforms]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key, mappings = folder / "outlets.key", DEMO.parent / "zh_CN" / "mappings"
    secret = secrets.token_hex(16)
    key.write_text(secret)
    with receiver() as city, receiver() as cockpit:
        city.body = json.dumps({"foreign_id": FOREIGN}).encode()
        told = _PROFILE % (city.url, key, mappings, cockpit.url, key, mappings)
        profile = folder / "community.yaml"
        text = DEMO.read_text(encoding="utf-8")
        profile.write_text(text.replace("outlets: []", told), encoding="utf-8")
        yield Platforms(city, cockpit, profile, secret)


def arrived(platforms: Platforms, number: str, facts: Facts) -> None:
    facts.scene("工单同时转给两个别的平台（数字城管的字段、驾驶舱的字段）")
    event = _wait(platforms.city, platforms.secret, "eventNo", number)
    facts.check(
        event.get("stage") == "受理" and "3幢" in str(event.get("address")),
        "城管平台收到了签名的事件：受理，3幢", str(event),
    )  # fmt: skip
    facts.check(_wait(platforms.cockpit, platforms.secret, "key", number), "驾驶舱也收到了", number)


def receipt(url: str, number: str, facts: Facts) -> None:
    """As a worker sees it."""
    desk = Desk(url)
    desk.open("/desk/sign-in")
    desk.send("/sign-in", name=NAME, password=PASSWORD)
    until = time.monotonic() + _WITHIN
    while FOREIGN not in desk.page and time.monotonic() < until:
        time.sleep(0.3)
        desk.open(f"/desk/tickets/{number}")
    facts.check(
        FOREIGN in desk.page and "回执" in desk.page, f"服务台看得到回执和对方编号 {FOREIGN}"
    )


def _wait(platform: Receiver, secret: str, field: str, number: str) -> dict[str, object]:
    """The first signed message about the ticket; empty when none came."""
    until = time.monotonic() + _WITHIN
    while time.monotonic() < until:
        for request in list(platform.got):
            found = _read(request, secret)
            if str(found.get(field)) == number:
                return found
        time.sleep(0.2)
    return {}


def _read(request: Request, secret: str) -> dict[str, object]:
    """Empty when the signature is not ours."""
    try:
        verify(secret, request.headers, request.body, time.time())
    except SignatureError:
        return {}
    found: dict[str, object] = json.loads(request.body)
    return found
