"""One HTTP exchange with an outside system that may be slow, huge, elsewhere or broken.

Redirects are not followed: a signed message goes to the address the profile names or nowhere.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from bot.followup.outcome import GiveUp, Retry

TIMEOUT = 10.0
"""Seconds to connect, and for each part of an answer."""
PATIENCE = 30.0
"""Seconds for a whole answer."""
LARGEST = 1024 * 1024
"""Bytes of an answer that are read."""

_REFUSED = (400, 409, 410, 413, 415, 422)
"""The same message again would be refused again. Others (401, 404, …) are mended by somebody."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def text(self) -> str:
        """The body's beginning, on one line, for a receipt or an error."""
        return " ".join(self.body.decode("utf-8", "replace").split())[:200]

    @property
    def is_page(self) -> bool:
        kind = self.headers.get("content-type", "")
        return "html" in kind or self.body.lstrip()[:15].lower().startswith(
            (b"<!doctype", b"<html")
        )


def exchange(
    method: str,
    url: str,
    *,
    content: bytes = b"",
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
) -> Answer | Retry | GiveUp:
    """The answer if it is one of success (2xx) and no web page; else what to do, with the reason
    for whoever looks after the outlet."""
    try:
        answer = _exchange(method, url, content, headers or {}, params or {})
    except httpx.TimeoutException:
        return Retry("对方没有在规定时间内回答")
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return Retry(f"连不上对方：{type(error).__name__}")
    if isinstance(answer, Retry):
        return answer
    if 300 <= answer.status < 400:
        where = answer.headers.get("location", "")[:100]
        return Retry(f"对方要求转到 {where}（{answer.status}），没有跟去：地址变了请改资料")
    if answer.status in _REFUSED:
        return GiveUp(f"对方不收（{answer.status}）：{answer.text}")
    if not 200 <= answer.status < 300:
        reason = "（页面）" if answer.is_page else answer.text
        return Retry(f"对方回答 {answer.status}：{reason}", _retry_after(answer))
    if answer.is_page:
        return Retry("对方回的是一个网页，不是接口的回答：可能被登录页或代理截住了")
    return answer


def _exchange(
    method: str, url: str, content: bytes, headers: Mapping[str, str], params: Mapping[str, str]
) -> Answer | Retry:
    until = time.monotonic() + PATIENCE
    body = bytearray()
    with (
        httpx.Client(follow_redirects=False, timeout=TIMEOUT) as client,
        client.stream(
            method, url, content=content or None, headers=dict(headers), params=dict(params) or None
        ) as response,
    ):
        for chunk in response.iter_bytes(16384):
            body += chunk
            if len(body) > LARGEST:
                return Retry("对方的回答太大，没有读完")
            if time.monotonic() > until:
                return Retry("对方回答得太慢，没有读完")
        return Answer(response.status_code, bytes(body), dict(response.headers))


def _retry_after(answer: Answer) -> float | None:
    """Seconds, when the other side said so; its other form, a date, is left to our own waits."""
    value = answer.headers.get("retry-after", "")
    return min(float(value), 86400.0) if value.isascii() and value.isdigit() else None
