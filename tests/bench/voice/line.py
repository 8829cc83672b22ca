"""A telephone line, as a listener's ear gets it."""

import numpy as np

from voice.codecs import alaw_decode, alaw_encode, resample
from voice.sound import Sound

RATE = 8000
_BAND = (300.0, 3400.0)


def telephone(sound: Sound, noise: float | None = None, seed: int = 1) -> Sound:
    """300–3400 Hz, pink noise, A-law; a quarter of a second of line before and after.

    noise: signal-to-noise ratio in dB, over the parts where something is said; None: a clean line.
    """
    pcm = np.frombuffer(resample(sound, RATE).pcm, "<i2").astype(np.float64) / 32768
    quiet = np.zeros(RATE // 4)
    line = band(np.concatenate([quiet, pcm, quiet]))
    if noise is not None:
        hiss = _pink(len(line), np.random.default_rng(seed))
        line = line + hiss * level(line) / level(hiss) * 10 ** (-noise / 20)
    pcm = (np.clip(line, -1, 1) * 32767).astype("<i2")
    return Sound(alaw_decode(alaw_encode(pcm.tobytes())), RATE)


def band(samples: np.ndarray) -> np.ndarray:
    low, high = _BAND
    spectrum = np.fft.rfft(samples)
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
    # About 24 dB an octave below, a steep filter above, as telephone channels have.
    gain = np.minimum((hertz / low) ** 4, 1) * np.clip((high + 200 - hertz) / 200, 0, 1)
    return np.asarray(np.fft.irfft(spectrum * gain, len(samples)))


def _pink(length: int, dice: np.random.Generator) -> np.ndarray:
    spectrum = np.fft.rfft(dice.normal(size=length))
    hertz = np.maximum(np.fft.rfftfreq(length, 1 / RATE), 20)
    return band(np.fft.irfft(spectrum / np.sqrt(hertz), length))


def level(samples: np.ndarray) -> float:
    """Root mean square over the tenths of a second that are within 20 dB of the loudest."""
    frames = np.pad(samples, (0, -len(samples) % (RATE // 10))).reshape(-1, RATE // 10)
    power = (frames**2).mean(axis=1)
    return float(np.sqrt(power[power >= power.max() / 100].mean()))
