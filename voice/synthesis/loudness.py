"""Loudness as ITU-R BS.1770-4 measures it, for one channel."""

import numpy as np

_BLOCK = 0.4
"""Seconds, every tenth of one."""
_ABSOLUTE = -70.0
_RELATIVE = -10.0
_OFFSET = -0.691


def lufs(samples: np.ndarray, rate: int) -> float:
    """Gated loudness of samples in ±1; −inf for silence. Shorter than a block: filled up with
    silence that is then not counted.

    >>> tone = np.sin(np.arange(48000) * 2 * np.pi * 997 / 48000)
    >>> round(lufs(tone, 48000), 1)  # the standard's own example
    -3.0
    """
    weighted = _weighted(samples, rate) ** 2
    block = int(_BLOCK * rate)
    if len(weighted) <= block:
        powers = np.array([weighted.mean()]) if len(weighted) else np.array([0.0])
    else:
        sums = np.concatenate([[0.0], np.cumsum(weighted)])
        starts = np.arange(0, len(weighted) - block + 1, block // 4)
        powers = (sums[starts + block] - sums[starts]) / block
    levels = _level(powers)
    powers = powers[levels > _ABSOLUTE]
    if not powers.size:
        return float("-inf")
    loud = _level(powers) > _level(powers.mean()) + _RELATIVE
    return float(_level(powers[loud].mean()))


def _level(power: np.ndarray) -> np.ndarray:
    return np.asarray(_OFFSET + 10 * np.log10(np.maximum(power, 1e-12)))


def _weighted(samples: np.ndarray, rate: int) -> np.ndarray:
    """K-weighting: a shelf of 4 dB above 1.5 kHz, a high pass at 38 Hz; their analogue responses,
    so that any rate will do."""
    spectrum = np.fft.rfft(samples)
    s = 1j * np.fft.rfftfreq(len(samples), 1 / rate)
    head, gain, steep = 1681.974450955533, 10 ** (3.999843853973347 / 20), 0.7071752369554196
    half = gain**0.4996667741545416
    at = s / head
    shelf = (gain * at**2 + half / steep * at + 1) / (at**2 + at / steep + 1)
    at = s / 38.13547087602444
    pass_ = at**2 / (at**2 + at / 0.5003270373238773 + 1)
    return np.asarray(np.fft.irfft(spectrum * shelf * pass_, len(samples)))
