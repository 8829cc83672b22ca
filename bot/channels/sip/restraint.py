"""Whoever floods the telephone must not flood the log."""

import contextlib
import ctypes
import logging
from threading import Lock


class AtMost(logging.Filter):
    """Lets so many records through in each stretch of time; the first of the next one says how many
    were left out."""

    def __init__(self, count: int, seconds: float) -> None:
        super().__init__()
        self._count = count
        self._seconds = seconds
        self._since = 0.0
        self._passed = 0
        self._lock = Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        with self._lock:
            if record.created - self._since >= self._seconds:
                if (left := self._passed - self._count) > 0:
                    record.msg = f"{record.getMessage()} (before it, {left} like it were left out)"
                    record.args = ()
                self._since, self._passed = record.created, 0
            self._passed += 1
            return self._passed <= self._count


def silence_native_stderr() -> None:
    """The SIP library writes a line to C's stderr for each message it cannot read, past any logger
    and with what the sender wrote. Python's own stderr stays."""
    c = ctypes.CDLL(None)
    c.fopen.restype = ctypes.c_void_p
    with contextlib.suppress(ValueError):  # another C library than glibc
        ctypes.c_void_p.in_dll(c, "stderr").value = c.fopen(b"/dev/null", b"w")
