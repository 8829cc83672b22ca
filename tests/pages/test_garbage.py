"""Whatever is sent to whatever address: no fault of ours, no traceback, nothing hangs."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.app import create_app
from tests.pages.site import Site
from tests.support.services import make_services

ROUTES = (
    "/", "/board", "/docs", "/readyz", "/t/{}", "/t/{}.mp3", "/static/{}", "/wechat", "/try/{}",
    "/desk", "/desk?show={}", "/desk?number={}", "/desk/sign-in?next={}", "/desk/password",
    "/desk/sign-in", "/desk/sign-out",
    "/desk/tickets/{}", "/desk/tickets/{}/slip", "/desk/tickets/{}/state",
    "/desk/tickets/{}/note", "/desk/tickets/{}/callback", "/desk/tickets/{}/correct",
    "/desk/recordings/{}", "/desk/recordings/{}.mp3", "/desk/report", "/desk/report/{}",
    "/open311/v2/discovery.{}", "/open311/v2/services/{}", "/open311/v2/requests.{}",
    "/open311/v2/requests/{}", "/open311/v2/tokens/{}", "/open311/v2/requests.json",
    "/open311/v2/requests.json?status={}&page={}", "/open311/v2/requests.json?start_date={}",
    "/open311/v2/requests.xml?service_request_id={}&service_code={}", "/{}",
)  # fmt: skip
# Whatever an encoder lets through to the wire: controls, other scripts, long runs, broken UTF-8.
PART = st.one_of(
    st.text(max_size=60).map(lambda text: _quoted(text)),
    st.binary(max_size=40).map(lambda data: "".join(f"%{byte:02x}" for byte in data)),
    st.sampled_from(["%00", "..%2f..%2f", "%ff%fe", "a" * 3000, "'%20OR%201=1--", "-1", "9" * 40]),
)
BODY = st.one_of(
    st.binary(max_size=200),
    st.dictionaries(
        st.sampled_from(["csrf", "updated", "state", "note", "category", "place", "phone", "text",
                         "turn", "name", "password", "api_key", "service_code", "lat", "long",
                         "address_string", "description", "words", "urgency", "now", "new"]),
        st.text(max_size=40),
    ),
)  # fmt: skip
KIND = st.sampled_from(
    ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
     "multipart/form-data", "application/json", "text/xml", "", "x/y; charset=\xe9"]
)  # fmt: skip


def _quoted(text: str) -> str:
    raw = text.encode("utf-8", "surrogatepass")
    return re.sub(rb"[^A-Za-z0-9_-]", lambda m: b"%%%02x" % m[0][0], raw).decode()


@pytest.fixture(scope="module")
def signed_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("garbage")
    services = make_services(folder, open311_keys="secret-key:城管")
    site = Site(services, TestClient(create_app(services), raise_server_exceptions=False))
    site.sign_in("admin")
    yield site
    services.database.close()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(route=st.sampled_from(ROUTES), part=PART, method=st.sampled_from(["GET", "HEAD", "PUT"]))
def test_garbage_in_addresses(signed_in: Site, route: str, part: str, method: str) -> None:
    answer = signed_in.client.request(method, route.replace("{}", part))
    assert answer.status_code < 500, (route, part, answer.text[:300])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(route=st.sampled_from(ROUTES), body=BODY, kind=KIND, token=st.booleans())
def test_garbage_in_forms(
    signed_in: Site, route: str, body: bytes | dict[str, str], kind: str, token: bool
) -> None:
    """Also behind the gate: half of them carry the right token, and a ticket that exists."""
    client = signed_in.client
    ticket = signed_in.ticket()
    url = route.replace("{}", ticket.number)
    if isinstance(body, dict):
        if token:
            body |= {"updated": ticket.updated.isoformat(), **signed_in.form("/desk/password")}
        data = {name: text.encode("utf-8", "surrogatepass") for name, text in body.items()}
        answer = client.post(url, data=data)
    else:
        answer = client.post(url, content=body, headers={"content-type": kind.encode("latin-1")})
    assert answer.status_code < 500, (url, body, kind, answer.text[:300])
    if client.get("/desk").url.path != "/desk":  # a good password or a sign-out went through
        signed_in.post(
            "/desk/sign-in", "/desk/sign-in", name="小陈", password=signed_in.passwords["小陈"]
        )


def test_headers_that_lie(signed_in: Site) -> None:
    ticket = signed_in.ticket()
    for headers in (
        {"cookie": "linsheng_desk=" + "x" * 4000},
        {"cookie": "linsheng_desk=\xff"},
        {"range": "bytes=" + "9" * 400 + "-"},
        {"content-length": "-5"},
        {"accept": "\x80"},
    ):
        raw = {name: value.encode("latin-1") for name, value in headers.items()}
        for path in ("/desk/sign-in", f"/t/{ticket.token}", f"/t/{ticket.token}.mp3"):
            assert signed_in.client.get(path, headers=raw).status_code < 500
