"""Recognisers in several processes, behind the same protocol as one.

Each recogniser has a process: what one does to its own, no other call notices, and none waits for
another's lock. Recordings go to workers whose niceness gives calls the processor first. Sound is
kept here until its result stands: whatever happens to a worker, the next one hears it again.
"""

import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from voice.recognition.engine import check
from voice.recognition.pool.group import GROWTH, Group
from voice.recognition.pool.mother import Mother
from voice.recognition.pool.worker import Worker, WorkerLost
from voice.recognition.protocol import (
    Recogniser,
    RecogniserBusy,
    RecogniserFailed,
    Recognition,
    Rereading,
    Stream,
)
from voice.sound import Sound

log = logging.getLogger(__name__)

RATE = 8000
STREAMS = 6
"""Live streams a core. Measured on 2 cores with continuous speech: 12 keep up, 16 do not."""
_PATIENT = 5
"""Niceness of the workers for recordings: a third of a call's share, as for making speech."""
_TRIES = 3
"""A sound that took so many processes down would take all the others, too."""
_STEP = RATE * 2
"""Bytes given at once when a sound is heard again: Vosk looks for a pause after each second."""


class Pool(Recogniser):
    """Thread-safe; every stream belongs to one thread at a time.

    Raises `RecogniserMissing` when the model is missing or broken.
    """

    rate = RATE

    def __init__(
        self, folder: Path, streams: int = 0, *, growth: int = GROWTH, patience: float = 15.0
    ) -> None:
        """streams: live ones at once; 0: what the cores can follow. patience: seconds any answer
        may take beside what the length of the sound allows."""
        check(folder)
        cores = self.cores = len(os.sched_getaffinity(0))
        self.name = folder.name
        self._mother = Mother(folder, patience)
        fork = self._mother.fork
        self._live = Group(fork, streams or STREAMS * cores, growth=growth)
        self._again = Group(fork, cores, growth=growth)
        self._recordings = Group(fork, cores, nice=_PATIENT, growth=growth)
        self._live.fill(min(cores, streams or cores))

    @property
    def pids(self) -> list[int]:
        """Of the processes for calls, then of those for recordings."""
        return [*self._live.pids, *self._again.pids, *self._recordings.pids]

    def stream(self) -> Stream:
        return _PooledStream(self._live)

    def recognise(self, sound: Sound) -> Recognition:
        """A whole recording, after those that came before. Raises `RecogniserFailed`."""
        for _ in range(_TRIES):
            worker = self._recordings.take()
            try:
                heard: Recognition = worker.ask("recognise", sound, seconds=sound.seconds)
                return heard
            except WorkerLost as error:
                log.warning("worker %d lost (%s): a recording is heard again", worker.pid, error)
            finally:
                self._recordings.give_back(worker)
        raise _failed(sound.seconds)

    def reread(
        self,
        sound: Sound,
        phrases: tuple[str, ...] = (),
        alternatives: int = 0,
        within: float = 1.0,
    ) -> Rereading:
        until = time.monotonic() + within
        try:
            worker = self._again.take(within)
        except RecogniserBusy:
            return Rereading()
        left = until - time.monotonic()
        try:
            found: Rereading = worker.ask(
                "reread", sound, phrases, alternatives, left, seconds=sound.seconds
            )
            return found
        except WorkerLost as error:
            log.warning("worker %d lost (%s): a turn is not heard a second time", worker.pid, error)
            return Rereading()
        finally:
            self._again.give_back(worker)

    def close(self) -> None:
        """End every process. What is being heard fails."""
        self._live.close()
        self._again.close()
        self._recordings.close()
        self._mother.close()


class _PooledStream(Stream):
    _worker: Worker | None = None

    def __init__(self, group: Group) -> None:
        self._group = group
        self._lock = threading.Lock()
        self._audio = bytearray()
        self._given = 0
        self._over = False
        self._do(lambda worker: None)

    def accept(self, pcm: bytes) -> str:
        with self._lock:
            self._audio += pcm
            text: str = self._do(self._catch_up)
            return text

    def finish(self) -> Recognition:
        with self._lock:
            heard = self._do(self._finish)
            self._leave()
            self._over = True
            assert isinstance(heard, Recognition)
            return heard

    def close(self) -> None:
        with self._lock:
            if self._worker is not None:
                with contextlib.suppress(WorkerLost):
                    self._worker.ask("close")
                self._leave()
            self._over = True

    def __del__(self) -> None:
        # A stream somebody forgot would make the service deaf after a few calls.
        if self._worker is not None:
            self.close()

    def _do(self, ask: Callable[[Worker], Any]) -> Any:
        """Ask; when the process is lost, ask another one, which gets all the sound there was."""
        if self._over:
            raise ValueError("this stream is finished")
        for _ in range(_TRIES):
            try:
                return ask(self._worker or self._open())
            except WorkerLost as error:
                log.warning("a worker was lost (%s): its utterance is heard again", error)
                self._leave()
        raise _failed(len(self._audio) / 2 / RATE)

    def _open(self) -> Worker:
        self._worker = self._group.take(wait=0)
        self._given = 0
        self._worker.ask("stream")
        return self._worker

    def _catch_up(self, worker: Worker) -> str:
        text = ""
        while self._given < len(self._audio):
            part = bytes(self._audio[self._given : self._given + _STEP])
            text = worker.ask("accept", part, seconds=len(part) / 2 / RATE)
            self._given += len(part)
        return text

    def _finish(self, worker: Worker) -> Any:
        self._catch_up(worker)
        return worker.ask("finish", seconds=len(self._audio) / 2 / RATE)

    def _leave(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            self._group.give_back(worker)


def _failed(seconds: float) -> RecogniserFailed:
    return RecogniserFailed(f"{_TRIES} workers were lost over {seconds:.0f} s of sound")
