"""What a resident said last, cut out of the recording while it is still being made."""

import numpy as np

from bot.storage.recordings import Recordings
from voice.sound import Sound

_LOUD = 300.0
"""RMS of 16-bit samples that is more than a line's hiss (about −40 dB of full scale)."""
_FRAME = 0.1
_AROUND = 0.3
"""Seconds kept before and after."""
_LONGEST = 30.0


def last_words(recordings: Recordings, recording: str, start: float) -> Sound:
    """From the first speech after `start` (seconds) to what is being said this very moment, at most
    the last 30 s; everything there is when none of it is loud.

    Raises `RecordingMissing` when the file lies on another machine, `AudioError`.
    """
    whole = recordings.sound(recording)
    first = max(start, whole.seconds - _LONGEST, 0.0)
    tail = Sound(whole.pcm[int(first * whole.rate) * 2 :], whole.rate)
    size = int(_FRAME * tail.rate)
    samples = np.frombuffer(tail.pcm, np.int16).astype(np.float32)
    frames = samples[: len(samples) // size * size].reshape(-1, size)
    (loud,) = np.nonzero(np.sqrt((frames**2).mean(axis=1)) > _LOUD)
    if not len(loud):
        return tail
    begin = max(0.0, loud[0] * _FRAME - _AROUND)
    end = (loud[-1] + 1) * _FRAME + _AROUND
    return Sound(tail.pcm[int(begin * tail.rate) * 2 : int(end * tail.rate) * 2], tail.rate)
