"""What is put right on a line's sound before it is recognised."""

import numpy as np

_FULL = 32000
"""From here a sample is as loud as the line can carry: A-law's highest step is 32256."""
_FLAT = 3
"""Samples in a row at full scale that are a cut-off peak."""
_MOST = 1.5
"""A mended peak is at most so much higher than it was cut off."""
_FAINT, _RAISED = 0.02 * 32768, 0.1 * 32768
"""Speech whose peaks are below the first is raised towards the second: of the same words through
A-law, four syllables in ten were lost with peaks at 0.01 of full scale, two with 0.03 to 0.3."""
_MOST_GAIN = 16.0
"""24 dB: what is fainter still is mostly A-law's own steps."""
_LOUD, _LOWERED = 0.5 * 32768, 0.3 * 32768
"""Speech above the first is lowered to the second, which leaves room for mended peaks."""
_PEAKS = 0.995
"""Share of the samples below what is taken for the peak: a click is no speech."""
_DRIFT = 0.2
"""How much of each chunk's mean goes into what is taken for the line's offset."""


class FrontEnd:
    """Of one utterance, fed as it comes, the first time with some speech in it: the line's offset
    is taken away, peaks that were cut off are rounded, very faint speech is raised and very loud
    speech lowered. The gain only ever falls: noise in a pause is not pumped up. Speech of ordinary
    loudness stays as it is.

    2 ms of processor time a second of sound. Noise suppression is not here: docs/hearing.md.
    """

    def __init__(self) -> None:
        self._offset: float | None = None
        self._gain = _MOST_GAIN

    def feed(self, pcm: bytes) -> bytes:
        """16-bit mono PCM at any length; gives as many samples."""
        if not pcm:
            return pcm
        samples = _mend(np.frombuffer(pcm, "<i2").astype(np.float64))
        mean = float(samples.mean())
        before = mean if self._offset is None else self._offset
        self._offset = before + _DRIFT * (mean - before)
        samples -= np.linspace(before, self._offset, len(samples))
        self._gain = min(self._gain, _gain(float(np.quantile(np.abs(samples), _PEAKS))))
        return np.clip(samples * self._gain, -32768, 32767).astype("<i2").tobytes()


def _gain(peak: float) -> float:
    if peak < _FAINT:
        return min(_MOST_GAIN, _RAISED / max(1.0, peak))
    return _LOWERED / peak if peak > _LOUD else 1.0


def _mend(samples: np.ndarray) -> np.ndarray:
    """Cut-off peaks become round, as high as their flanks are steep."""
    full = np.abs(samples) >= _FULL
    if not full.any():
        return samples
    edges = np.flatnonzero(np.diff(np.concatenate([[0], full.astype(np.int8), [0]])))
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        if end - begin < _FLAT or begin < 2 or end > len(samples) - 2:
            continue
        slope = abs(samples[begin] - samples[begin - 2]) + abs(samples[end - 1] - samples[end + 1])
        rise = min(slope * (end - begin) / 16, _FULL * (_MOST - 1))
        arc = 1 - np.linspace(-1, 1, end - begin + 2)[1:-1] ** 2
        samples[begin:end] += np.sign(samples[begin]) * rise * arc
    return samples
