import re
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from bot.app import create_app
from bot.services import Services
from tests.pages.site import Site

NEW = "和睦社区要平安2026"


def test_the_desk_sends_strangers_to_the_sign_in_page(site: Site) -> None:
    answer = site.client.get("/desk/tickets/572005", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/desk/sign-in?next=/desk/tickets/572005"


def test_a_one_time_password_must_be_changed_before_anything_else(site: Site) -> None:
    once = site.account("小陈", "worker")
    signed = site.post("/desk/sign-in", "/desk/sign-in", name="小陈", password=once)
    assert signed.url.path == "/desk/password"
    assert site.client.get("/desk").url.path == "/desk/password"
    changed = site.post("/desk/password", "/desk/password", now=once, new=NEW, again=NEW)
    assert changed.url.path == "/desk"
    assert "密码换好了" in changed.text
    assert "密码换好了" not in site.client.get("/desk").text  # said once

    other = Site(site.services, TestClient(site.client.app))
    assert "不对" in other.post("/desk/sign-in", "/desk/sign-in", name="小陈", password=once).text
    assert (
        other.post("/desk/sign-in", "/desk/sign-in", name="小陈", password=NEW).url.path == "/desk"
    )


@pytest.mark.parametrize(
    ("now", "new", "again", "said"),
    [
        ("right", "short", "short", "至少"),
        ("right", NEW, NEW + "x", "不一样"),
        ("right", "right", "right", "不能和原来的一样"),
        ("wrong", NEW, NEW, "现在的密码不对"),
    ],
)
def test_a_password_that_will_not_do(site: Site, now: str, new: str, again: str, said: str) -> None:
    once = site.account("小陈", "worker")
    site.post("/desk/sign-in", "/desk/sign-in", name="小陈", password=once)
    fields = {
        key: once if value == "right" else value
        for key, value in {"now": now, "new": new, "again": again}.items()
    }
    answer = site.post("/desk/password", "/desk/password", **fields)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_guesser_is_locked_out_and_told_so(site: Site) -> None:
    once = site.account("小陈", "worker")
    for _ in range(20):
        answer = site.post("/desk/sign-in", "/desk/sign-in", name="小陈", password="guess")
        if answer.status_code == 429:
            break
        assert answer.status_code == 401
    assert answer.status_code == 429
    assert re.search(r"请 \d+ 分钟后再试", answer.text)
    right = site.post("/desk/sign-in", "/desk/sign-in", name="小陈", password=once)
    assert right.status_code == 429


def test_nobody_learns_whether_a_name_exists(site: Site) -> None:
    site.account("小陈", "worker")
    known = site.post("/desk/sign-in", "/desk/sign-in", name="小陈", password="x")
    unknown = site.post("/desk/sign-in", "/desk/sign-in", name="小李", password="x")
    shown = [re.findall(r'role="alert">([^<]+)<', answer.text) for answer in (known, unknown)]
    assert shown[0] == shown[1] != []


def test_a_form_from_elsewhere_is_refused(site: Site) -> None:
    once = site.account("小陈", "worker")
    fields = {"name": "小陈", "password": once}
    assert site.client.post("/desk/sign-in", data=fields).status_code == 403
    site.client.get("/desk/sign-in")
    assert site.client.post("/desk/sign-in", data={**fields, "csrf": "x"}).status_code == 403
    assert site.client.post("/desk/sign-in", data={**fields, "csrf": ""}).status_code == 403


def test_every_post_at_the_desk_wants_the_token(site: Site) -> None:
    site.sign_in("admin")
    ticket = site.ticket()
    for action in ("state", "note", "callback", "correct"):
        answer = site.client.post(
            f"/desk/tickets/{ticket.number}/{action}",
            data={"state": "resolved", "note": "x", "updated": ticket.updated.isoformat()},
        )
        assert answer.status_code == 403
    assert site.client.post("/desk/sign-out").status_code == 403
    assert site.client.post("/desk/report/0123456789abcdef", data={"text": "x"}).status_code == 403
    assert site.now(ticket).updated == ticket.updated


def test_signing_out_and_a_forged_cookie(site: Site) -> None:
    site.sign_in("worker")
    assert site.post("/desk", "/desk/sign-out").url.path == "/desk/sign-in"
    assert site.client.get("/desk").url.path == "/desk/sign-in"
    site.client.cookies.set("linsheng_desk", "eyJzdGFmZiI6ICJ4In0=.aaaa.bbbb", path="/desk")
    assert site.client.get("/desk").url.path == "/desk/sign-in"


def test_a_changed_password_ends_the_other_sessions(site: Site) -> None:
    site.sign_in("worker", "小陈")
    stolen = Site(site.services, TestClient(site.client.app))
    stolen.client.cookies.update(site.client.cookies)
    assert stolen.client.get("/desk").url.path == "/desk"
    now = site.passwords["小陈"]
    site.post("/desk/password", "/desk/password", now=now, new=NEW, again=NEW)
    assert site.client.get("/desk").url.path == "/desk"
    assert stolen.client.get("/desk").url.path == "/desk/sign-in"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/desk/../t/x"])
def test_the_way_back_leads_only_into_the_desk(site: Site, target: str) -> None:
    name = "小陈"
    site.sign_in("worker", name)
    site.post("/desk", "/desk/sign-out")
    fields = {**site.form("/desk/sign-in"), "next": target, "name": name}
    answer = site.client.post(
        "/desk/sign-in",
        data={**fields, "password": site.passwords[name]},
        follow_redirects=False,
    )
    assert answer.headers["location"] == "/desk"


def test_the_cookie_is_hidden_from_scripts_and_secure_over_https(site: Site) -> None:
    plain = site.client.get("/desk/sign-in").headers["set-cookie"].lower()
    assert "httponly" in plain
    assert "samesite=lax" in plain
    assert "path=/desk" in plain
    assert "secure" not in plain
    secure = _secure(site.services)
    cookie = secure.get("/desk/sign-in").headers["set-cookie"].lower()
    assert "secure" in cookie


def _secure(services: Services) -> TestClient:
    settings = services.settings.model_copy(update={"public_url": "https://linsheng.example"})
    return TestClient(
        create_app(replace(services, settings=settings)), base_url="https://linsheng.example"
    )
