"""Whatever reaches `/wechat`: 400, 403 or 413, counted, and never a 500."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.metrics import wechat_rejected_total
from tests.simulators.wechat import Account, envelope
from tests.support.services import make_services
from tests.wechat.running import running
from tests.wechat.wire import configured, text_xml

ACCOUNT = Account()
CLIENT = httpx.Client(timeout=10)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    services = make_services(tmp_path_factory.mktemp("rejection"), **configured(ACCOUNT))
    with running(services) as url:
        yield url


def counted(reason: str) -> float:
    return float(wechat_rejected_total.labels(reason)._value.get())


def post(url: str, query: dict[str, str], body: bytes) -> httpx.Response:
    return CLIENT.post(url, params=query, content=body)


@pytest.mark.parametrize(
    ("change", "status", "reason"),
    [
        ({"msg_signature": "0" * 40}, 403, "signature"),
        ({"msg_signature": ""}, 403, "signature"),
        ({"nonce": "other"}, 403, "signature"),
        ({"timestamp": "soon"}, 400, "timestamp"),
        ({"timestamp": ""}, 400, "timestamp"),
        ({"timestamp": "1"}, 403, "stale"),
    ],
)
def test_a_query_that_is_not_wechats(
    url: str, change: dict[str, str], status: int, reason: str
) -> None:
    query, body = envelope.wrap(ACCOUNT, text_xml())
    before = counted(reason)
    answer = post(url, query | change, body)
    assert (answer.status_code, answer.text) == (status, reason)
    assert counted(reason) == before + 1


def test_stale(url: str) -> None:
    query, body = envelope.wrap(ACCOUNT, text_xml(), time.time() - 601)
    assert post(url, query, body).status_code == 403


def test_too_large(url: str) -> None:
    query, _ = envelope.wrap(ACCOUNT, text_xml())
    before = counted("too_large")
    assert post(url, query, b"x" * 10_000_000).status_code == 413
    assert counted("too_large") == before + 1


def test_too_large_without_saying_so(url: str) -> None:
    query, _ = envelope.wrap(ACCOUNT, text_xml())

    def chunks() -> Iterator[bytes]:
        for _ in range(100):
            yield b"x" * 10_000

    try:
        answer = CLIENT.post(url, params=query, content=chunks())
    except httpx.WriteError:
        return  # closed in our face: refused all the same
    assert answer.status_code == 413


def test_encrypted_nonsense(url: str) -> None:
    for inner in ("", "garbage", "<xml/>", "<xml>" * 99, "<xml><MsgType>text</MsgType></xml>"):
        assert post(url, *envelope.wrap(ACCOUNT, inner)).status_code == 400


def test_plain_when_a_key_is_set(url: str) -> None:
    assert post(url, *envelope.wrap(Account(aes_key=""), text_xml())).status_code == 403


def test_other_methods_and_the_bare_address(url: str) -> None:
    assert CLIENT.get(url).status_code == 400
    assert CLIENT.post(url).status_code == 400
    assert CLIENT.put(url).status_code == 405


def test_not_configured(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    services = make_services(tmp_path)
    with running(services) as url:
        assert CLIENT.get(url).status_code == 404
        assert post(url, *envelope.wrap(ACCOUNT, text_xml())).status_code == 404
    assert "LINSHENG_WECHAT_APPID" in caplog.text


_query = st.dictionaries(
    st.sampled_from(
        ["timestamp", "nonce", "signature", "msg_signature", "encrypt_type", "echostr"]
    ),
    st.one_of(st.text(max_size=50), st.just(str(int(time.time())))),
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(query=_query, body=st.one_of(st.binary(max_size=500), st.text(max_size=300).map(str.encode)))
def test_unsigned_noise(url: str, query: dict[str, str], body: bytes) -> None:
    assert post(url, query, body).status_code in (400, 403)
    assert CLIENT.get(url, params=query).status_code in (400, 403)


_leaf = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
_names = [
    "ToUserName",
    "FromUserName",
    "CreateTime",
    "MsgType",
    "MsgId",
    "Content",
    "Event",
    "EventKey",
    "MediaId",
    "Label",
    "ScanCodeInfo",
    "Format",
]
_leaves = st.dictionaries(st.sampled_from(_names), _leaf)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(inner=st.one_of(st.text(max_size=200), _leaves.map(lambda d: text_xml(**d))))
def test_signed_noise(url: str, inner: str) -> None:
    """As if WeChat itself had gone mad: encrypted and signed, and anything inside."""
    inner = inner.encode(errors="replace").decode()
    assert post(url, *envelope.wrap(ACCOUNT, inner)).status_code in (200, 400)


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_one_byte_changed(url: str, data: st.DataObject) -> None:
    query, body = envelope.wrap(ACCOUNT, text_xml())
    at = data.draw(st.integers(0, len(body) - 1))
    value = data.draw(st.integers(0, 255).filter(lambda v: v != body[at]))
    changed = body[:at] + bytes([value]) + body[at + 1 :]
    # Outside the encrypted part a change may leave the message whole.
    assert post(url, query, changed).status_code in (200, 400, 403)
