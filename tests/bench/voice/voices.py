"""The voices that are compared; what an engine said is kept between runs."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.voice.sentences import Sentence
from voice.codecs import decode, encode_wav, resample
from voice.sound import Sound
from voice.synthesis.engine import make
from voice.synthesis.for_phone import RATE, VERSION, for_phone
from voice.synthesis.pauses import after
from voice.synthesis.pronounce import Pronunciation
from voice.synthesis.protocol import Engine

Process = Callable[[Sound], Sound]


def bare(sound: Sound) -> Sound:
    return resample(sound, RATE)


def levelled(sound: Sound) -> Sound:
    """One loudness, nothing else."""
    return for_phone(sound, shelf=0.0, ratio=1.0)


@dataclass(frozen=True)
class Speaker:
    """One row of the table."""

    name: str
    engine: str
    pace: float = 1.0
    longer: float = 1.0
    """How much longer the pauses between clauses are, as `bot.channels.calls.mouth` makes them."""
    process: Process = for_phone


ESPEAK = Speaker("espeak, bare pyttsx3", "espeak", process=bare)
PRODUCT = Speaker("Kokoro", "kokoro")
SLOW = Speaker("Kokoro, slower", "kokoro", pace=0.85, longer=1.5)
PLAIN = Speaker("Kokoro, weak ears off", "kokoro", process=levelled)


class Studio:
    def __init__(self, models: Path, folder: Path, readings: dict[str, str]) -> None:
        self._models = models
        self._folder = folder
        self._readings = Pronunciation(readings)
        self._engines: dict[str, Engine] = {}

    def speak(self, speaker: Speaker, sentence: Sentence) -> Sound:
        """The sentence as a caller gets it, 8000 Hz."""
        said, gap = b"", b""
        for clause in sentence.clauses:
            said += gap + speaker.process(self._raw(speaker, clause)).pcm
            gap = bytes(int(RATE * speaker.longer * after(clause)) * 2)
        return Sound(said, RATE)

    def _raw(self, speaker: Speaker, clause: str) -> Sound:
        key = f"{VERSION}\0{speaker.engine}\0{speaker.pace}\0{clause}"
        kept = self._folder / f"{hashlib.sha256(key.encode()).hexdigest()}.wav"
        if not kept.exists():
            if speaker.engine not in self._engines:
                self._engines[speaker.engine] = make(speaker.engine, self._models)
            engine = self._engines[speaker.engine]
            text = clause if speaker is ESPEAK else self._readings.mark(clause)
            self._folder.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(encode_wav(engine.speak(text, speaker.pace)))
        return decode(kept.read_bytes())
