"""Workers of one kind, and whose turn it is at them."""

import logging
import threading
import time
from collections.abc import Callable

from voice.recognition.pool.worker import Worker
from voice.recognition.protocol import RecogniserBusy

log = logging.getLogger(__name__)

GROWTH = 256 << 20
"""Bytes a worker may grow by before it is replaced. Its graph cache gains 30 MB with the first
seconds and 140 in a minute of speech: it is worth keeping for long, and not for ever."""


class Group:
    """At most `most` workers, made when they are first needed. One that was lost or has grown too
    big is replaced between two sounds, never while it hears one."""

    def __init__(
        self, fork: Callable[[int], Worker], most: int, *, nice: int = 0, growth: int = GROWTH
    ) -> None:
        self._fork = fork
        self._most = most
        self._nice = nice
        self._growth = growth
        self._coming = 0
        self._all: list[Worker] = []
        self._free: list[Worker] = []
        """The one used last on top: it has the most in its cache."""
        self._changed = threading.Condition()

    @property
    def pids(self) -> list[int]:
        with self._changed:
            return [worker.pid for worker in self._all]

    def fill(self, count: int) -> None:
        """Have so many there before they are needed."""
        for worker in [self.take() for _ in range(count)]:
            self.give_back(worker)

    def take(self, wait: float | None = None) -> Worker:
        """For one sound. wait: seconds until `RecogniserBusy` is raised; None: for ever."""
        until = None if wait is None else time.monotonic() + wait
        with self._changed:
            while not self._free and len(self._all) + self._coming >= self._most:
                left = None if until is None else until - time.monotonic()
                if left is not None and left <= 0:
                    raise RecogniserBusy("every recogniser is in use")
                self._changed.wait(left)
            if self._free:
                return self._free.pop()
            self._coming += 1
        return self._make()

    def give_back(self, worker: Worker) -> None:
        with self._changed:
            growth = worker.growth
            if worker.lost or growth > self._growth:
                log.info("worker %d ends, grown by %d MB", worker.pid, growth >> 20)
                worker.close()
                self._all.remove(worker)
            else:
                self._free.append(worker)
            self._changed.notify()

    def close(self) -> None:
        with self._changed:
            for worker in self._all:
                worker.kill()

    def _make(self) -> Worker:
        """Without the lock: a new mother may have to load the model first."""
        worker: Worker | None = None
        try:
            worker = self._fork(self._nice)
            return worker
        finally:
            with self._changed:
                self._coming -= 1
                if worker is not None:
                    self._all.append(worker)
                self._changed.notify()
