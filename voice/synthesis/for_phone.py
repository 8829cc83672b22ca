import numpy as np

from voice.codecs import resample
from voice.sound import Sound

VERSION = "3"
"""Changes with anything below and with how an engine is driven; part of every cache key."""
RATE = 8000
LOUDNESS = -20.0
"""dBFS, of the parts where something is said: as loud as a good telephone voice."""
_SHELF = 4.0
"""dB above 1.8 kHz. Ears lose the high sounds first, and consonants live there; +8 dB brought
misheard syllables from 40 to 21 % in noise (facts), half of it keeps a quiet line natural."""
_PEAK = 0.89
"""Of full scale: louder samples are bent, not cut."""
_FADE = 0.003
"""Seconds; without it a clause begins with a click."""


def for_phone(sound: Sound) -> Sound:
    """Any voice made ready for the telephone: 8000 Hz, one loudness, clear consonants."""
    samples = np.frombuffer(resample(sound, RATE).pcm, "<i2").astype(np.float64) / 32768
    if not samples.any():
        return Sound(bytes(len(samples) * 2), RATE)
    samples = _equalised(samples)
    samples = _bent(samples * 10 ** (LOUDNESS / 20) / _loudness(samples))
    fade = min(int(_FADE * RATE), len(samples) // 2)
    ramp = np.linspace(0, 1, fade, endpoint=False)
    samples[:fade] *= ramp
    samples[len(samples) - fade :] *= ramp[::-1]
    return Sound((samples * 32767).astype("<i2").tobytes(), RATE)


def _equalised(samples: np.ndarray) -> np.ndarray:
    spectrum = np.fft.rfft(samples)
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
    above = 1 / (1 + (1800 / np.maximum(hertz, 1)) ** 4)
    rumble = np.clip(hertz / 150, 0, 1)
    return np.fft.irfft(spectrum * 10 ** (_SHELF * above / 20) * rumble, len(samples))


def _loudness(samples: np.ndarray) -> float:
    """Root mean square over the tenths of a second that are not pauses."""
    frame = RATE // 10
    padded = np.pad(samples, (0, -len(samples) % frame)).reshape(-1, frame)
    power = (padded**2).mean(axis=1)
    return float(np.sqrt(power[power >= power.max() / 100].mean()))


def _bent(samples: np.ndarray) -> np.ndarray:
    """Soft limit: linear up to half of full scale, never above `_PEAK`."""
    knee = 0.5
    room = _PEAK - knee
    size = np.abs(samples)
    bent: np.ndarray = np.sign(samples) * np.where(
        size > knee, knee + room * np.tanh((size - knee) / room), size
    )
    return bent
