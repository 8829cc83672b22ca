"""Who may call: the address a request really came from, against the allow list.

The SIP library answers anybody and tells only what the caller claims to be (the From address).
What it can tell of the network is in its message trace, one record a message, which begins
`RX UDP 10.0.0.1:5060 -> …`. That trace is read here and goes nowhere else: it is full of
telephone numbers.
"""

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from threading import Lock

_RECEIVED = re.compile(r"RX \w+ \[?([0-9A-Fa-f.:]+?)\]?:\d+ ")
_CALL_ID = re.compile(r"^(?:call-id|i)[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
_REMEMBERED = 1000
"""Calls whose source is remembered; far more than ring at once."""


class Peers:
    """The allow list, and where each ringing call came from. `watch` is thread-safe."""

    def __init__(self, allowed: Iterable[str]) -> None:
        """`allowed`: addresses and networks (`10.0.0.5`, `10.0.0.0/8`). Raises ValueError."""
        self._networks = [ip_network(entry, strict=False) for entry in allowed]
        self._sources: OrderedDict[str, set[str]] = OrderedDict()
        self._lock = Lock()

    def watch(self, trace: str) -> None:
        """Take one record of the SIP library's trace."""
        source = _RECEIVED.match(trace)
        if source is None or "\nINVITE " not in trace[:300]:
            return
        call = _CALL_ID.search(trace)
        if call is None:
            return
        with self._lock:
            self._sources.setdefault(call[1], set()).add(source[1])
            while len(self._sources) > _REMEMBERED:
                self._sources.popitem(last=False)

    def allows(self, address: str) -> bool:
        """Whether calls may come from this address.

        >>> Peers(["127.0.0.1", "10.0.0.0/8"]).allows("10.1.2.3")
        True
        """
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        mapped = getattr(parsed, "ipv4_mapped", None) or parsed
        return any(mapped in network for network in self._networks)

    async def admits(self, call_id: str | None) -> bool:
        """Whether every address that sent this call's INVITE is allowed; unknown ones are not."""
        for _ in range(20):
            with self._lock:
                sources = self._sources.pop(call_id or "", None)
            if sources is not None:
                return all(self.allows(source) for source in sources)
            # The trace comes by another thread; it is written before the call is announced.
            await asyncio.sleep(0.02)
        return False


class TraceHandler(logging.Handler):
    """Feeds the library's SIP trace to `Peers` and swallows it."""

    def __init__(self, peers: Peers) -> None:
        super().__init__(logging.DEBUG)
        self._peers = peers

    def emit(self, record: logging.LogRecord) -> None:
        self._peers.watch(record.getMessage())


class MaskNumbers(logging.Filter):
    """Leaves the first three and last two digits of anything as long as a telephone number."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = mask(record.getMessage())
        record.args = ()
        return True


def mask(text: str) -> str:
    """
    >>> mask("call from sip:13800138000@10.0.0.1")
    'call from sip:138******00@10.0.0.1'
    """
    return re.sub(r"\d{7,}", lambda m: m[0][:3] + "*" * (len(m[0]) - 5) + m[0][-2:], text)
