"""Whether sound that comes in is our own prompt, come back from a speakerphone.

An echo is attenuated, coloured and 50–300 ms late, but it has the prompt's pattern of loud and soft
in every band. So the pattern of the last half second is held against what was played; the
resident's own voice, alone or over the echo, does not fit it.
"""

import numpy as np

RATE = 8000
"""Hz of all sound here: 16-bit mono PCM."""
_HOP, _WINDOW = 160, 256
"""Samples: a frame each 20 ms."""
_FRAMES = 25
"""Half a second is compared: shorter, and two voices fit each other by chance."""
_LAGS = 22
"""Frames an echo may be late: 440 ms, transport included."""
_EDGES = (2, 6, 10, 15, 21, 29, 40, 55, 75, 109)
"""FFT bins of 31 Hz each between the bands, 60–3400 Hz, wider towards the top as hearing is."""
_WIDTHS = np.diff(_EDGES)
_HISS = 300.0
"""Energy of a band that is the line's own noise: what lies below has no pattern."""
_FIT, _STILL = 0.82, 0.7
"""Correlation from which it is an echo, and from which it still is. On rendered speech 19 of 20
windows of echo 20 dB below the prompt fit by 0.84 and more; another voice by 0.78 and less."""
_QUIETER = 0.6
"""Of what was played: an echo is never as loud."""
_HEARD = 0.8
"""Spread of the log energies below which there is nothing to compare."""

_TAPER = np.hanning(_WINDOW)


class EchoGate:
    """One for each call; not thread-safe."""

    def __init__(self) -> None:
        self._came = _Pattern(_FRAMES)
        self._played = _Pattern(_FRAMES + _LAGS)
        self._was = False

    def is_echo(self, came: bytes, played: bytes) -> bool:
        """Take what came in and what was played in the same stretch of time, equally long."""
        self._came.take(came)
        self._played.take(played)
        quieter = self._came.loudest() < self._played.loudest() * _QUIETER
        self._was = quieter and self.fit() >= (_STILL if self._was else _FIT)
        return self._was

    def fit(self) -> float:
        """How well the latest sound fits something that was played a little earlier, −1…1."""
        theirs = self._came.frames - self._came.frames.mean(axis=0)
        if theirs.std() < _HEARD or self._played.frames.std() < _HEARD:
            return 0.0
        parts = np.lib.stride_tricks.sliding_window_view(self._played.frames, _FRAMES, axis=0)
        parts = parts - parts.mean(axis=2, keepdims=True)
        power = (parts**2).sum(axis=(1, 2))
        norm = np.sqrt(np.maximum(power, _HEARD**2 * theirs.size) * (theirs**2).sum())
        return float((np.einsum("lbf,fb->l", parts, theirs) / norm).max())


class _Pattern:
    """Log energies, frames x bands, of the latest sound."""

    def __init__(self, frames: int) -> None:
        self.frames = np.full((frames, len(_WIDTHS)), np.log(_HISS))
        self._left = np.zeros(_WINDOW - _HOP)
        self._levels = np.zeros(frames)

    def loudest(self) -> float:
        """RMS of the loudest frame."""
        return float(self._levels.max())

    def take(self, pcm: bytes) -> None:
        samples = np.concatenate([self._left, np.frombuffer(pcm, "<i2").astype(np.float64)])
        if len(samples) < _WINDOW:
            self._left = samples
            return
        windows = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_HOP]
        self._left = samples[len(windows) * _HOP :]
        levels = np.sqrt((windows**2).mean(axis=1))
        self._levels = np.concatenate([self._levels, levels])[-len(self._levels) :]
        if windows.any():
            power = np.abs(np.fft.rfft(windows * _TAPER, axis=1)) ** 2 / _WINDOW
            bands = np.add.reduceat(power, _EDGES, axis=1)[:, :-1] / _WIDTHS
            new = np.log(bands + _HISS)
        else:
            new = np.full((len(windows), len(_WIDTHS)), np.log(_HISS))
        self.frames = np.concatenate([self.frames, new])[-len(self.frames) :]
