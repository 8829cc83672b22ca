"""Noises of a resident's surroundings, made here: nothing recorded, the same ones at every run.

8000 Hz, any level; `line.py` sets it against the speech.
"""

from collections.abc import Callable, Sequence

import numpy as np

RATE = 8000
Samples = np.ndarray
Noise = Callable[[int, np.random.Generator, Sequence[Samples]], Samples]
"""Length in samples, chance, and other people's speech to take from."""


def street(length: int, dice: np.random.Generator, voices: Sequence[Samples]) -> Samples:
    """Pink noise, cars that pass every few seconds (a swell of low noise), a horn now and then."""
    sound = _shaped(length, dice, lambda hertz: 1 / np.sqrt(hertz))
    time = np.arange(length) / RATE
    for _ in range(1 + length // (4 * RATE)):
        at, width = dice.uniform(0, length / RATE), dice.uniform(0.5, 1.5)
        car = _shaped(length, dice, lambda hertz: 1 / (1 + (hertz / 600) ** 2))
        sound += 2.5 * car * np.exp(-(((time - at) / width) ** 2))
    if dice.random() < 0.4:
        at, tone = dice.uniform(0, length / RATE), dice.uniform(380, 450)
        horn = sum(np.sin(2 * np.pi * tone * k * time) / k for k in (1, 1.25, 2, 2.5, 3))
        sound += 0.8 * horn * (np.abs(time - at) < 0.25)
    return sound


def television(length: int, dice: np.random.Generator, voices: Sequence[Samples]) -> Samples:
    """One person who reads, and music underneath."""
    speech = _stream(length, dice, voices)
    time = np.arange(length) / RATE
    music = np.zeros(length)
    for start in np.arange(0, length / RATE, 0.4):
        tone = 220 * 2 ** (dice.choice([0, 2, 4, 7, 9, 12, 14]) / 12)
        since = np.clip(time - start, 0, None)
        envelope = np.where(time >= start, np.exp(-3 * since) * np.minimum(since / 0.02, 1), 0)
        for k in (1, 2, 3, 4):
            music += envelope * np.sin(2 * np.pi * tone * k * time) / k**1.5
    return speech + music * 0.5 * _rms(speech) / _rms(music)


def babble(length: int, dice: np.random.Generator, voices: Sequence[Samples]) -> Samples:
    """Six people talking at once."""
    return sum((_stream(length, dice, voices) for _ in range(6)), np.zeros(length))


def wind(length: int, dice: np.random.Generator, voices: Sequence[Samples]) -> Samples:
    """Gusts of noise that falls by 12 dB an octave."""
    noise = _shaped(length, dice, lambda hertz: 1 / (hertz / 100 + 1) ** 2)
    gusts = _shaped(length, dice, lambda hertz: (hertz < 3) * 1.0)
    return noise * (0.4 + np.clip(gusts / _rms(gusts), 0, None))


NOISES: dict[str, Noise] = {
    "street": street,
    "television": television,
    "babble": babble,
    "wind": wind,
}


def _shaped(
    length: int, dice: np.random.Generator, gain: Callable[[np.ndarray], np.ndarray]
) -> Samples:
    spectrum = np.fft.rfft(dice.normal(size=length))
    hertz = np.maximum(np.fft.rfftfreq(length, 1 / RATE), 0.5)
    sound = np.fft.irfft(spectrum * gain(hertz), length)
    return np.asarray(sound / _rms(sound))


def _stream(length: int, dice: np.random.Generator, voices: Sequence[Samples]) -> Samples:
    """One person after another, from anywhere in a sentence."""
    said = np.zeros(0)
    while len(said) < length:
        voice = voices[int(dice.integers(len(voices)))]
        voice = voice / _rms(voice)
        said = np.concatenate([said, voice[0 if len(said) else int(dice.integers(len(voice))) :]])
    return said[:length]


def _rms(sound: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(sound))) + 1e-9)
