from collections.abc import Iterator

import numpy as np

LONGEST = 60.0
"""Seconds decoded in one go: beyond that a recogniser's graph cache grows by 100 MB a minute."""
_SEARCH = 10.0
_FRAME = 0.05


def pieces(pcm: bytes, rate: int, longest: float = LONGEST) -> Iterator[tuple[float, bytes]]:
    """Divide a long recording at its quietest moments.

    Yields (start in seconds, PCM), no piece longer than `longest`; together they are the whole.
    """
    samples = np.frombuffer(pcm, "<i2")
    start, limit = 0, int(longest * rate)
    while len(samples) - start > limit:
        cut = _quietest(samples, start + limit - int(_SEARCH * rate), start + limit, rate)
        yield start / rate, samples[start:cut].tobytes()
        start = cut
    if start < len(samples):
        yield start / rate, samples[start:].tobytes()


def _quietest(samples: np.ndarray, begin: int, end: int, rate: int) -> int:
    frame = int(_FRAME * rate)
    window = samples[begin : begin + (end - begin) // frame * frame].astype(np.float32)
    loudness = np.abs(window).reshape(-1, frame).mean(axis=1)
    return begin + int(loudness.argmin()) * frame + frame // 2
