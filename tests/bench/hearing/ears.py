"""Who listens: bare Vosk, what the service does, Whisper; and Vosk behind noise suppressors."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from vosk import KaldiRecognizer, Model, SetLogLevel

from tests.bench.voice.ears import whisper
from voice.models.catalogue import VOSK_SMALL
from voice.recognition.protocol import Recognition
from voice.recognition.vosk import VoskRecogniser
from voice.sound import Sound

_CHUNK = 1600
"""Bytes of 100 ms at 8000 Hz: how a call feeds the recogniser."""


@dataclass
class Ear:
    name: str
    hear: Callable[[Sound], Recognition]
    sound: float = 0.0
    """Seconds of sound heard so far."""
    cpu: float = 0.0
    """Processor seconds that took."""
    last: list[float] = field(default_factory=list)
    """Processor seconds from the end of the sound to the words, each time."""

    def __call__(self, sound: Sound) -> Recognition:
        started = time.process_time()
        heard = self.hear(sound)
        self.cpu += time.process_time() - started
        self.sound += sound.seconds
        return heard


def bare(models: Path) -> Ear:
    """Vosk's own recogniser, reused: one decode with the open vocabulary."""
    SetLogLevel(-1)
    recogniser = KaldiRecognizer(Model(str(models / VOSK_SMALL)), 8000)
    ear = Ear("bare Vosk", lambda sound: Recognition("", 0))

    def hear(sound: Sound) -> Recognition:
        words = [
            json.loads(recogniser.Result())["text"]
            for at in range(0, len(sound.pcm), _CHUNK)
            if recogniser.AcceptWaveform(sound.pcm[at : at + _CHUNK])
        ]
        started = time.process_time()
        words.append(json.loads(recogniser.FinalResult())["text"])
        ear.last.append(time.process_time() - started)
        recogniser.Reset()
        return Recognition("".join(words).replace(" ", ""), 1.0)

    ear.hear = hear
    return ear


def ours(recogniser: VoskRecogniser) -> Ear:
    """As a call is heard: streamed, front end and confidence included."""
    ear = Ear("ours", lambda sound: Recognition("", 0))

    def hear(sound: Sound) -> Recognition:
        stream = recogniser.stream()
        for at in range(0, len(sound.pcm), _CHUNK):
            stream.accept(sound.pcm[at : at + _CHUNK])
        started = time.process_time()
        heard = stream.finish()
        ear.last.append(time.process_time() - started)
        return heard

    ear.hear = hear
    return ear


def second(models: Path, note: Callable[[str], None]) -> Ear | None:
    """Whisper base, where it can be had. It begins when the speaker has ended."""
    listen = whisper(models, note)
    if listen is None:
        return None
    ear = Ear("Whisper base", lambda sound: Recognition("", 0))

    def hear(sound: Sound) -> Recognition:
        started = time.process_time()
        text = listen(sound)
        ear.last.append(time.process_time() - started)
        return Recognition(text, 1.0)

    ear.hear = hear
    return ear


def behind(suppress: Callable[[Sound], Sound], name: str, models: Path) -> Ear:
    """Bare Vosk, hearing what a suppressor leaves."""
    plain = bare(models)
    return Ear(name, lambda sound: plain.hear(suppress(sound)), last=plain.last)
