"""WeChat's signature of a callback: who sent it, and when."""

import hashlib
import hmac
import time
from collections import OrderedDict

from bot.channels.wechat.rejected import Rejected

FRESH = 600
"""Seconds a callback's timestamp may lie beside our clock. WeChat tries three times within 15 s;
the rest is room for clocks that differ."""


def sign(*parts: str) -> str:
    """SHA-1 over the sorted parts, in hexadecimal, as WeChat prescribes.

    >>> sign("b", "a") == sign("a", "b")
    True
    """
    return hashlib.sha1("".join(sorted(parts)).encode("utf-8", "replace")).hexdigest()  # noqa: S324


def check(given: str, *parts: str) -> None:
    """Compares in constant time. Raises `Rejected` (403) when they differ."""
    if not hmac.compare_digest(sign(*parts).encode(), given.encode("utf-8", "replace")):
        raise Rejected(403, "signature")


def check_fresh(timestamp: str, now: float | None = None) -> None:
    """`timestamp` is Unix seconds in decimal. Raises `Rejected`: 400 if it is not, 403 when stale.

    >>> check_fresh("1000", now=1600)
    """
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise Rejected(400, "timestamp")
    if abs((time.time() if now is None else now) - int(timestamp)) > FRESH:
        raise Rejected(403, "stale")


class Once:
    """Plain mode's signature does not cover the message: whoever overhears one could send any
    text with it while it is fresh. So each is good for one message, however often that comes."""

    _MOST = 50_000

    def __init__(self) -> None:
        self._seen: OrderedDict[str, str] = OrderedDict()

    def check(self, given: str, key: str) -> None:
        """Raises `Rejected` (403) when this signature came with another message."""
        if self._seen.setdefault(given, key) != key:
            raise Rejected(403, "replayed")
        if len(self._seen) > self._MOST:
            self._seen.popitem(last=False)
