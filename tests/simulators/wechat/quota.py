"""Customer-service messages: how many, and for how long, after what the resident did."""

import threading

from tests.simulators.wechat.clock import Clock

AFTER_MESSAGE = (48 * 3600, 5)
"""Seconds and messages after the resident wrote."""
AFTER_TOUCH = (60, 3)
"""… after a menu click, a follow, a scan."""


class Quota:
    """One resident's budget. Each message they send fills it anew."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: dict[str, tuple[float, int]] = {}

    def wrote(self) -> None:
        self._open("message", *AFTER_MESSAGE)

    def touched(self) -> None:
        self._open("touch", *AFTER_TOUCH)

    def spend(self) -> int:
        """0, 45015 when no window is open, 45047 when the open ones are used up."""
        now = self._clock.now()
        with self._lock:
            is_open = False
            for name in ("touch", "message"):
                until, left = self._windows.get(name, (0.0, 0))
                if until > now:
                    is_open = True
                    if left:
                        self._windows[name] = (until, left - 1)
                        return 0
            return 45047 if is_open else 45015

    def _open(self, name: str, seconds: float, messages: int) -> None:
        with self._lock:
            self._windows[name] = (self._clock.now() + seconds, messages)
