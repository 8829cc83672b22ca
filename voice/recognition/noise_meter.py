"""How far speech stands out of what else is on the line."""

import numpy as np

_FRAME = 256
"""Samples: 32 ms at 8000 Hz."""
_SHORTEST = 15
"""Frames (half a second) below which nothing can be said."""
_QUIET = (1 / 20, 1 / 4)
"""Which of the frames, from the quietest, are taken for pauses: an utterance of a call comes with
a second or more of them."""
_BELOW_LOUDEST = 100.0
"""Frames within this power ratio (20 dB) of the loudest are speech."""
_SILENT = 1.0
"""Power added to each frame, of 2¹⁵ squared: digital silence is no infinite ratio."""
_BIAS = 3.0
"""dB: the quietest frames are quieter than the noise is on average. What remains at 5–20 dB: −2
(babble) to +4 (wind). A voice detector's pauses came no nearer in these, and under a television,
which is all speech to it, there were none."""


class NoiseMeter:
    """Of one utterance, fed as it comes."""

    def __init__(self) -> None:
        self._left = b""
        self._powers: list[np.ndarray] = []

    def feed(self, pcm: bytes) -> None:
        """16-bit mono PCM, any length."""
        self._left += pcm
        whole = len(self._left) // (2 * _FRAME) * 2 * _FRAME
        if whole:
            frames = np.frombuffer(self._left[:whole], "<i2").reshape(-1, _FRAME)
            self._powers.append(frames.astype(np.float64).var(axis=1) + _SILENT)
            self._left = self._left[whole:]

    def snr(self) -> float | None:
        """Speech to noise in dB, within 4 or so; None for half a second or less.

        Above 30 it says only that there is no noise to speak of.
        """
        powers = np.sort(np.concatenate(self._powers)) if self._powers else np.empty(0)
        if len(powers) < _SHORTEST:
            return None
        first, last = (int(share * len(powers)) for share in _QUIET)
        noise = powers[first:last].mean()
        speech = powers[powers >= powers[-1] / _BELOW_LOUDEST].mean()
        return float(10 * np.log10(max(speech - noise, noise / 100) / noise)) - _BIAS
