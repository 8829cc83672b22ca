"""What the sound goes through before it is heard."""

import zlib
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from tests.bench.hearing.noises import NOISES, Samples
from tests.bench.voice.line import band, level
from voice.codecs import alaw_decode, alaw_encode, decode, encode_amr, resample
from voice.sound import Sound

RATE = 8000
LEVELS = (20, 15, 10, 5)
"""Signal-to-noise ratios, dB, within the telephone's band, over what is said."""
_BEFORE, _AFTER = 0.6, 1.1
"""Seconds of line around an utterance: the call's pre-roll and the silence that ends a turn."""
_PACKET = RATE // 50
_LOST = 0.05

Through = Callable[[Sound, int], Sound]
"""An utterance and a number that decides chance."""


def samples_of(sound: Sound) -> Samples:
    pcm = np.frombuffer(resample(sound, RATE).pcm, "<i2").astype(np.float64) / 32768
    return np.concatenate([np.zeros(int(_BEFORE * RATE)), pcm, np.zeros(int(_AFTER * RATE))])


def conditions(voices: Sequence[Samples], noises: Sequence[str] = tuple(NOISES)) -> "Conditions":
    """All of them by name. voices: what babble and television are made of."""
    found: Conditions = {
        "8 kHz": lambda sound, seed: _sound(samples_of(sound)),
        "A-law": lambda sound, seed: alaw(band(samples_of(sound))),
        "AMR": lambda sound, seed: resample(decode(encode_amr(_sound(samples_of(sound)))), RATE),
        "loss 5 %": lambda sound, seed: _lossy(alaw(band(samples_of(sound))), seed),
        "faint": lambda sound, seed: alaw(band(samples_of(sound)) / level(samples_of(sound)) / 500),
        "overdriven": lambda sound, seed: alaw(6 * band(samples_of(sound)) + 0.05),
    }
    for name in noises:
        for ratio in LEVELS:
            found[f"{name} {ratio} dB"] = _noisy(name, ratio, voices)
    return found


Conditions = dict[str, Through]


def _noisy(name: str, ratio: float, voices: Sequence[Samples]) -> Through:
    def through(sound: Sound, seed: int) -> Sound:
        line = band(samples_of(sound))
        dice = np.random.default_rng((seed, zlib.crc32(name.encode())))
        noise = band(NOISES[name](len(line), dice, voices))
        return alaw(line + noise * level(line) / level(noise) * 10 ** (-ratio / 20))

    return through


def alaw(line: Samples) -> Sound:
    return Sound(alaw_decode(alaw_encode(_sound(line).pcm)), RATE)


def _sound(samples: Samples) -> Sound:
    return Sound((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes(), RATE)


def _lossy(sound: Sound, seed: int) -> Sound:
    """Packets of 20 ms are lost, and the gaps close up, as they do in baresip."""
    dice = np.random.default_rng(seed)
    return Sound(b"".join(p for p in _packets(sound.pcm) if dice.random() >= _LOST), RATE)


def _packets(pcm: bytes) -> Iterator[bytes]:
    for at in range(0, len(pcm), _PACKET * 2):
        yield pcm[at : at + _PACKET * 2]
