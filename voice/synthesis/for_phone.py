import numpy as np

from voice.codecs import resample
from voice.sound import Sound
from voice.synthesis.loudness import lufs

VERSION = "4"
"""Changes with anything below and with how an engine is driven; part of every cache key."""
RATE = 8000
LOUDNESS = -18.0
"""LUFS; −20…−17 is as loud as a good telephone voice without clipping."""
SHELF = 8.0
"""dB above 1.8 kHz: ears lose the high sounds first, and consonants live there."""
RATIO = 3.0
"""So many dB above the knee come out as one: soft syllables are lifted, loud ones do not hurt."""
_KNEE = -8.0
"""dB, against the loudness of the whole."""
_ATTACK, _RELEASE = 0.005, 0.08
"""Seconds."""
_STEP = 0.0025
"""Seconds between two looks at the level."""
_PEAK = 0.89
"""Of full scale: louder samples are bent, not cut."""
_FADE = 0.003
"""Seconds; without it a clause begins with a click."""


def for_phone(sound: Sound, shelf: float = SHELF, ratio: float = RATIO) -> Sound:
    """Any voice made ready for the telephone and for weak ears: 8000 Hz, one loudness, clear
    consonants, little between loud and soft. `make bench-voice` measures what each brings.

    shelf: dB. ratio: 1 leaves the dynamics alone.
    """
    samples = np.frombuffer(resample(sound, RATE).pcm, "<i2").astype(np.float64) / 32768
    if not samples.any():
        return Sound(bytes(len(samples) * 2), RATE)
    samples = _compressed(_equalised(samples, shelf), ratio)
    for _ in range(2):  # bending takes a little of the loudness
        samples = _bent(samples * 10 ** ((LOUDNESS - lufs(samples, RATE)) / 20))
    fade = min(int(_FADE * RATE), len(samples) // 2)
    ramp = np.linspace(0, 1, fade, endpoint=False)
    samples[:fade] *= ramp
    samples[len(samples) - fade :] *= ramp[::-1]
    return Sound((samples * 32767).astype("<i2").tobytes(), RATE)


def louder(sound: Sound, gain: float) -> Sound:
    """`gain` times as loud; peaks are bent, never cut."""
    samples = np.frombuffer(sound.pcm, "<i2").astype(np.float64) / 32768
    return Sound((_bent(samples * gain) * 32767).astype("<i2").tobytes(), sound.rate)


def _equalised(samples: np.ndarray, shelf: float) -> np.ndarray:
    spectrum = np.fft.rfft(samples)
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
    above = 1 / (1 + (1800 / np.maximum(hertz, 1)) ** 4)
    rumble = np.clip(hertz / 150, 0, 1)
    return np.asarray(np.fft.irfft(spectrum * 10 ** (shelf * above / 20) * rumble, len(samples)))


def _compressed(samples: np.ndarray, ratio: float) -> np.ndarray:
    step = int(_STEP * RATE)
    frames = np.pad(samples, (0, -len(samples) % step)).reshape(-1, step)
    levels = 10 * np.log10(np.maximum((frames**2).mean(axis=1), 1e-10))
    over = np.maximum(levels - (lufs(samples, RATE) + _KNEE), 0) * (1 - 1 / ratio)
    rise, fall = (np.exp(-_STEP / seconds) for seconds in (_ATTACK, _RELEASE))
    cut, now = np.empty_like(over), 0.0
    for at, wanted in enumerate(over):
        keep = rise if wanted > now else fall
        now = keep * now + (1 - keep) * wanted
        cut[at] = now
    middles = (np.arange(len(cut)) + 0.5) * step
    gain = np.interp(np.arange(len(samples)), middles, -cut)
    return np.asarray(samples * 10 ** (gain / 20))


def _bent(samples: np.ndarray) -> np.ndarray:
    """Soft limit: linear up to half of full scale, never above `_PEAK`."""
    knee = 0.5
    room = _PEAK - knee
    size = np.abs(samples)
    bent: np.ndarray = np.sign(samples) * np.where(
        size > knee, knee + room * np.tanh((size - knee) / room), size
    )
    return bent
