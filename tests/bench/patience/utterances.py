"""What is said in the benchmark, and how it sounds: rendered parts with pauses between."""

import hashlib
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voice.codecs import alaw_decode, alaw_encode, decode, encode_wav, resample
from voice.synthesis.kokoro_model import KokoroModel

HERE = Path(__file__).parent
RATE = 8000
VOICES = ("zm_yunjian", "zf_xiaobei", "zf_xiaoni")
PAUSES = (0.4, 0.7, 1.0, 1.5, 2.0, 2.5)
"""Seconds, each as often as the others."""
AFTER = 6.0
"""Seconds of silence behind an utterance: longer than any patience."""
_PACE = 0.85
"""Of the voice: residents speak slowly to machines."""
_HISS = 6.0
"""RMS of the line's own noise, in 16-bit steps (about −75 dB of full scale)."""
_AUDIBLE = 260.0
"""RMS of a 20 ms window that is still speech: a rendered clip dies away softly."""


@dataclass(frozen=True)
class Utterance:
    step: str
    parts: tuple[str, ...]
    kinds: tuple[str, ...]
    """How the pause behind each part but the last comes about."""
    voice: str


@dataclass(frozen=True)
class Pause:
    kind: str
    seconds: float
    at: float
    """Seconds at which it begins."""


@dataclass(frozen=True)
class Spoken:
    """An utterance as it comes over a telephone line."""

    utterance: Utterance
    pcm: bytes
    pauses: tuple[Pause, ...]
    end: float
    """Seconds at which the last sound of speech ends."""


def utterances() -> list[Utterance]:
    """All of the file, each in one voice, the voices by turns."""
    found: list[Utterance] = []
    lines = (HERE / "utterances.txt").read_text(encoding="utf-8").splitlines()
    for line in (line for line in lines if line and not line.startswith("#")):
        step, text = line.split(" ", 1)
        pieces = re.split(r" /(\w)/ ", text)
        voice = VOICES[len(found) % len(VOICES)]
        found.append(Utterance(step, tuple(pieces[::2]), tuple(pieces[1::2]), voice))
    return found


class Studio:
    """Renders parts, each once; they are kept."""

    def __init__(self, models: Path, folder: Path) -> None:
        self._models = models
        self._folder = folder
        self._model: KokoroModel | None = None

    def part(self, text: str, voice: str) -> bytes:
        """PCM at 8000 Hz, from the first audible window to the last."""
        name = hashlib.sha256(f"{voice}\0{_PACE}\0{text}".encode()).hexdigest()
        kept = self._folder / f"{name}.wav"
        if not kept.exists():
            self._model = self._model or KokoroModel(self._models)
            self._folder.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(encode_wav(self._model.speak(text, voice, _PACE)))
        return _trimmed(resample(decode(kept.read_bytes()), RATE).pcm)

    def speak(self, utterance: Utterance, lengths: tuple[float, ...]) -> Spoken:
        """With pauses of these lengths, over an A-law line with its hiss."""
        pcm, pauses = _quiet(0.8), []
        for at, text in enumerate(utterance.parts):
            if at:
                seconds = lengths[at - 1]
                pauses.append(Pause(utterance.kinds[at - 1], seconds, len(pcm) / 2 / RATE))
                pcm += _quiet(seconds)
            pcm += self.part(text, utterance.voice)
        end = len(pcm) / 2 / RATE
        return Spoken(utterance, _over_a_line(pcm + _quiet(AFTER)), tuple(pauses), end)


def trials(all_of: list[Utterance], rounds: int) -> Iterator[tuple[Utterance, tuple[float, ...]]]:
    """Every utterance `rounds` times, every kind of pause in every length about equally often."""
    dice = random.Random(11)
    bags: dict[str, list[float]] = {}
    for _ in range(rounds):
        for utterance in all_of:
            lengths = []
            for kind in utterance.kinds:
                bag = bags.setdefault(kind, [])
                if not bag:
                    bag += dice.sample(PAUSES, len(PAUSES))
                lengths.append(bag.pop())
            yield utterance, tuple(lengths)


def _trimmed(pcm: bytes) -> bytes:
    size = RATE // 50
    samples = np.frombuffer(pcm, "<i2")
    windows = samples[: len(samples) // size * size].reshape(-1, size).astype(float)
    loud = np.flatnonzero(np.sqrt((windows**2).mean(axis=1)) > _AUDIBLE)
    return samples[loud[0] * size : (loud[-1] + 1) * size].tobytes() if len(loud) else pcm


def _quiet(seconds: float) -> bytes:
    return bytes(int(seconds * RATE) * 2)


def _over_a_line(pcm: bytes) -> bytes:
    samples = np.frombuffer(pcm, "<i2").astype(float)
    noise = np.random.default_rng(7).normal(0.0, _HISS, len(samples))
    mixed = np.clip(samples + noise, -32768, 32767).astype("<i2").tobytes()
    return alaw_decode(alaw_encode(mixed))
