import time


class Clock:
    """Time for quotas, tokens and media; it can be put forward, so that no test waits 48 hours."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        """Unix seconds."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds
