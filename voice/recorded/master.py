"""From what a microphone gave to what a caller hears."""

import numpy as np

from voice.sound import AudioError, Sound
from voice.synthesis.for_phone import for_phone

RATE = 16000
"""Hz a take is kept at: twice what the telephone carries."""
LONGEST = 20.0
"""Seconds of one clause: the longest is said in eight."""
_FRAME = 0.02
_SPEECH = 0.08
"""Of the loud parts: quieter frames at both ends are the room."""
_SILENT = 0.004
"""Of full scale: a recording that never gets louder holds nobody's voice."""
_KEPT = 0.08
"""Seconds left before and after, so that no consonant is clipped."""


def speech(sound: Sound) -> tuple[float, float]:
    """From where to where somebody speaks, in seconds.

    Raises `AudioError` when nobody does, or for far too long.
    """
    if sound.seconds > LONGEST:
        raise AudioError(f"录音太长，一句话最多 {LONGEST:.0f} 秒。")
    frame = int(_FRAME * sound.rate)
    samples = np.frombuffer(sound.pcm, "<i2").astype(np.float64) / 32768
    power = np.sqrt((samples[: len(samples) // frame * frame].reshape(-1, frame) ** 2).mean(axis=1))
    loud = np.quantile(power, 0.9) if power.size else 0.0
    if loud < _SILENT:
        raise AudioError("没有听到声音，请靠近话筒再录一次。")
    said = np.flatnonzero(power > max(_SPEECH * loud, _SILENT / 2))
    begin = max(0.0, said[0] * _FRAME - _KEPT)
    end = min(sound.seconds, (said[-1] + 1) * _FRAME + _KEPT)
    if end - begin < 0.2:
        raise AudioError("录音太短，请再录一次。")
    return round(float(begin), 2), round(float(end), 2)


def master(sound: Sound, begin: float, end: float) -> Sound:
    """That part of it through the chain synthesis goes through: one loudness, 8000 Hz."""
    first, last = (int(seconds * sound.rate) * 2 for seconds in (begin, end))
    return for_phone(Sound(sound.pcm[first:last], sound.rate))
