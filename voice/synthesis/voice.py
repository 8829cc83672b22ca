"""The voice of the service: the best engine there is, with espeak to stand in for it."""

import logging
import time
from dataclasses import dataclass, field

from voice.sound import Sound
from voice.synthesis.cache import Cache
from voice.synthesis.protocol import EngineBusy, Synthesiser, SynthesisError, Unspeakable
from voice.synthesis.worker import Worker

_log = logging.getLogger(__name__)

REST = 60.0
"""Seconds an engine that failed is left alone: a caller hears the other voice, not a wait."""


@dataclass
class Voice(Synthesiser):
    """What `build` returns. Thread-safe."""

    name: str
    workers: tuple[Worker, ...]
    engines: tuple[Cache, ...]
    """The chosen one first; each keeps what it said under its own name."""
    reason: str
    """For `doctor`: which voice speaks, and why not a better one."""
    _resting: dict[str, float] = field(default_factory=dict)

    def speak(self, text: str, pace: float = 1.0) -> Sound:
        """8000 Hz, ready for the telephone. Raises `SynthesisError` when every engine failed."""
        failure = SynthesisError("没有能用的语音。")
        for engine in self.engines:
            if self._rests(engine) and not engine.has(text, pace):
                continue
            try:
                return engine.speak(text, pace)
            except (EngineBusy, Unspeakable) as error:
                failure = error
            except SynthesisError as error:
                _log.warning("%s could not speak: %s", engine.name, error)
                self._resting[engine.name] = time.monotonic() + REST
                failure = error
        raise failure

    def foresee(self, text: str, pace: float = 1.0) -> None:
        if not self._rests(self.engines[0]):
            self.engines[0].foresee(text, pace)

    def has(self, text: str, pace: float = 1.0) -> bool:
        """Whether the chosen engine has said this before."""
        return self.engines[0].has(text, pace)

    def start(self) -> None:
        """Load the chosen engine now, so that the first caller does not wait for it."""
        self.workers[0].start()

    def close(self) -> None:
        """End the processes."""
        for worker in self.workers:
            worker.close()

    def _rests(self, engine: Cache) -> bool:
        last = engine is self.engines[-1]
        return not last and time.monotonic() < self._resting.get(engine.name, 0.0)
