import numpy as np

_FRAME = 0.01
_QUIET = 0.04
"""Of the loudest: below it nothing is being said."""
_GAP = 0.04
"""Seconds of quiet that can be a pause and not a stop consonant's closure."""


def stretch(audio: np.ndarray, pauses: list[float], rate: int) -> np.ndarray | None:
    """Make the longest silences inside as long as `pauses` (seconds, in order) ask for.

    None when there are fewer silences than pauses: then nobody can say where they belong.

    >>> tone = np.ones(1000)
    >>> said = np.concatenate([tone, np.zeros(100), tone])
    >>> len(stretch(said, [0.35], 1000)), stretch(said, [0.35, 0.35], 1000)
    (2350, None)
    """
    if not pauses:
        return audio
    gaps = sorted(_gaps(audio, rate), key=lambda gap: gap[0] - gap[1])[: len(pauses)]
    if len(gaps) < len(pauses):
        return None
    parts, done = [], 0
    for (begin, end), pause in zip(sorted(gaps), pauses, strict=True):
        middle = (begin + end) // 2
        parts += [audio[done:middle], np.zeros(max(0, int(pause * rate) - end + begin))]
        done = middle
    return np.concatenate([*parts, audio[done:]]).astype(audio.dtype)


def _gaps(audio: np.ndarray, rate: int) -> list[tuple[int, int]]:
    """Silences inside, as (first sample, one after the last)."""
    frame = max(1, int(_FRAME * rate))
    frames = np.abs(audio[: len(audio) // frame * frame]).reshape(-1, frame).max(axis=1)
    loud = np.flatnonzero(frames > _QUIET * frames.max(initial=0.0))
    steps = np.diff(loud)
    return [
        (int(loud[at] + 1) * frame, int(loud[at + 1]) * frame)
        for at in np.flatnonzero((steps - 1) * frame >= _GAP * rate)
    ]
