import time
from xml.sax.saxutils import escape

import pytest
from pydantic import SecretStr

from bot.channels.wechat.envelope import Envelope
from bot.channels.wechat.rejected import Rejected
from bot.settings import Settings
from tests.simulators.wechat import Account, envelope

ACCOUNT = Account()
OLD = Account(aes_key="0" * 43)
TEXT = "<xml><MsgType>text</MsgType><Content>灯坏了</Content></xml>"


def guard(account: Account = ACCOUNT, previous: str = "") -> Envelope:
    return Envelope(
        Settings(
            _env_file=None,
            wechat_appid=account.appid,
            wechat_secret=SecretStr(account.secret),
            wechat_token=SecretStr(account.token),
            wechat_aes_key=SecretStr(account.aes_key),
            wechat_aes_key_previous=SecretStr(previous),
        )
    )


def refused(
    query: dict[str, str], body: bytes, envelope_: Envelope | None = None
) -> tuple[int, str]:
    with pytest.raises(Rejected) as caught:
        (envelope_ or guard()).open(query, body)
    return caught.value.status, caught.value.reason


def test_opens_and_seals() -> None:
    opened = guard().open(*envelope.wrap(ACCOUNT, TEXT))
    assert opened.xml == TEXT
    sealed = opened.seal("<xml><Content>好</Content></xml>")
    assert envelope.unwrap(ACCOUNT, sealed.encode()) == {"Content": "好"}


def test_opens_with_the_previous_key_and_answers_in_it() -> None:
    rotating = guard(previous=OLD.aes_key)
    opened = rotating.open(*envelope.wrap(OLD, TEXT))
    assert opened.xml == TEXT
    assert envelope.unwrap(OLD, opened.seal("<xml><A>1</A></xml>").encode()) == {"A": "1"}
    assert rotating.open(*envelope.wrap(ACCOUNT, TEXT)).xml == TEXT
    assert refused(*envelope.wrap(OLD, TEXT)) == (403, "decrypt")


def test_another_account_is_refused() -> None:
    other = Account(appid="wx0000000000000000")
    assert refused(*envelope.wrap(other, TEXT)) == (403, "decrypt")
    stranger = Account(token="guessed")
    assert refused(*envelope.wrap(stranger, TEXT)) == (403, "signature")


@pytest.mark.parametrize("field", ["msg_signature", "nonce", "timestamp"])
def test_every_signed_part_counts(field: str) -> None:
    query, body = envelope.wrap(ACCOUNT, TEXT)
    query[field] = query[field][:-1] + ("0" if query[field][-1] != "0" else "1")
    assert refused(query, body)[0] == 403
    del query[field]
    assert refused(query, body)[0] in (400, 403)


def test_the_body_counts() -> None:
    query, _ = envelope.wrap(ACCOUNT, TEXT)
    _, body = envelope.wrap(ACCOUNT, "<xml>other</xml>")
    assert refused(query, body) == (403, "signature")


@pytest.mark.parametrize("age", [-700, 700, 86400])
def test_stale_or_from_the_future_is_refused(age: int) -> None:
    assert refused(*envelope.wrap(ACCOUNT, TEXT, time.time() - age)) == (403, "stale")


@pytest.mark.parametrize("age", [-500, 0, 500])
def test_clocks_may_differ(age: int) -> None:
    assert guard().open(*envelope.wrap(ACCOUNT, TEXT, time.time() - age)).xml == TEXT


def test_plain_text_is_refused_when_a_key_is_set() -> None:
    plain = Account(aes_key="")
    assert refused(*envelope.wrap(plain, TEXT)) == (403, "not_encrypted")


def test_plain_mode_without_a_key() -> None:
    plain = Account(aes_key="")
    opened = guard(plain).open(*envelope.wrap(plain, TEXT))
    assert opened.xml == TEXT
    assert opened.seal("<xml/>") == "<xml/>"
    query, body = envelope.wrap(plain, TEXT)
    query["signature"] = "0" * 40
    assert refused(query, body, guard(plain)) == (403, "signature")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"garbage",
        b"\xff\xfe\x00",
        b"<xml/>",
        b"<xml><Encrypt/></xml>",
        b"<xml><Encrypt><a/></Encrypt></xml>",
        b"<xml>" * 5000,
        b"<a>" * 5000 + b"</a>" * 5000,
        b'<!DOCTYPE x [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Encrypt>&a;</Encrypt></xml>',
    ],
)
def test_unreadable_is_400(body: bytes) -> None:
    query, _ = envelope.wrap(ACCOUNT, TEXT)
    assert refused(query, body)[0] == 400


@pytest.mark.parametrize("encrypted", ["AAAA", "不是", "A" * 44, "%%%", "A" * 64])
def test_signed_garbage_is_refused(encrypted: str) -> None:
    query, _ = envelope.wrap(ACCOUNT, TEXT)
    query["msg_signature"] = envelope.sign(
        ACCOUNT.token, query["timestamp"], query["nonce"], encrypted
    )
    body = f"<xml><Encrypt>{escape(encrypted)}</Encrypt></xml>".encode()
    assert refused(query, body) == (403, "decrypt")


def test_the_url_check() -> None:
    query, _ = envelope.wrap(ACCOUNT, TEXT)
    assert guard().check_url(query | {"echostr": "123"}) == "123"
    for wrong in ({"signature": "0" * 40}, {"signature": "是"}, {"nonce": "1"}, {"timestamp": "x"}):
        with pytest.raises(Rejected):
            guard().check_url(query | {"echostr": "123"} | wrong)
    with pytest.raises(Rejected):
        guard().check_url(query)
