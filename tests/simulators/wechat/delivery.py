"""One message to the account's server: three tries of 5 s, the same MsgId, then the banner."""

import time
from dataclasses import dataclass
from xml.etree.ElementTree import ParseError

import httpx

from tests.simulators.wechat import envelope
from tests.simulators.wechat.account import Account

TRIES = 3
TIMEOUT = 5.0
_CLIENT = httpx.Client(timeout=TIMEOUT)


@dataclass(frozen=True)
class Try:
    """One request of WeChat's to the callback."""

    seconds: float
    status: int
    """HTTP status; 0 when no answer came in time."""
    text: str | None
    """The passive reply; empty for none; None when WeChat could not use the answer."""


def xml_of(leaves: dict[str, str]) -> str:
    """Numbers bare and texts in CDATA, as WeChat writes them."""
    lines = [
        f"<{name}>{value}</{name}>"
        if name in ("CreateTime", "MsgId")
        else f"<{name}><![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]></{name}>"
        for name, value in leaves.items()
    ]
    return "<xml>\n" + "\n".join(lines) + "\n</xml>"


def deliver(account: Account, callback: str, openid: str, xml: str) -> list[Try]:
    """The tries made; the last one's `text` is what the resident sees."""
    tries: list[Try] = []
    while len(tries) < TRIES:
        tries.append(_try(account, callback, openid, xml))
        if tries[-1].text is not None:
            break
    return tries


def _try(account: Account, callback: str, openid: str, xml: str) -> Try:
    query, body = envelope.wrap(account, xml)
    started = time.monotonic()
    try:
        answer = _CLIENT.post(
            callback,
            params=query,
            content=body,
            headers={"content-type": "text/xml"},
        )
    except httpx.HTTPError:
        # A refused connection comes back at once; WeChat does not hurry to the next try.
        time.sleep(max(0.0, 1.0 - (time.monotonic() - started)))
        return Try(time.monotonic() - started, 0, None)
    seconds = time.monotonic() - started
    return Try(seconds, answer.status_code, _reply(account, openid, answer))


def _reply(account: Account, openid: str, answer: httpx.Response) -> str | None:
    if answer.status_code != 200:
        return None
    if answer.content in (b"", b"success"):
        return ""
    try:
        leaves = envelope.unwrap(account, answer.content)
    except (ValueError, KeyError, ParseError):
        return None
    if leaves.get("ToUserName") != openid or leaves.get("FromUserName") != account.original_id:
        return None
    return leaves.get("Content") if leaves.get("MsgType") == "text" else None
