"""Whose turn it is at an engine that does one thing at a time."""

import heapq
import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from voice.synthesis.protocol import EngineBusy


class Turns:
    """First come, first served; but who can wait lets all pass whom somebody is listening to."""

    def __init__(self, longest: int = 8) -> None:
        """longest: so many may wait; the next one is told that it is too much."""
        self._longest = longest
        self._waiting: list[tuple[bool, int]] = []
        self._taken = False
        self._changed = threading.Condition()
        self._numbers = itertools.count()

    @contextmanager
    def take(self, patient: bool = False) -> Iterator[None]:
        """Wait for the turn and hold it. Raises `EngineBusy` when too many wait already."""
        with self._changed:
            if len(self._waiting) >= self._longest:
                raise EngineBusy("要说的话太多，排不上队。")
            mine = (patient, next(self._numbers))
            heapq.heappush(self._waiting, mine)
            try:
                self._changed.wait_for(lambda: not self._taken and self._waiting[0] == mine)
                self._taken = True
            finally:
                self._waiting.remove(mine)
                heapq.heapify(self._waiting)
        try:
            yield
        finally:
            with self._changed:
                self._taken = False
                self._changed.notify_all()
