from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from voice.models.catalogue import KOKORO, model
from voice.models.status import status
from voice.synthesis.cache import Cache
from voice.synthesis.pronounce import Pronunciation
from voice.synthesis.voice import Voice
from voice.synthesis.worker import Worker

Choice = Literal["auto", "kokoro", "espeak"]


def build(
    choice: Choice,
    models_dir: Path,
    cache_dir: Path,
    readings: Mapping[str, str] = {},
) -> Voice:
    """The service's voice; never fails: without Kokoro's model espeak speaks, and `.reason` says
    so. Nothing is loaded before the first text or `start()`.

    readings: words with several readings, and how these are said here (see `Pronunciation`).
    """
    said = Pronunciation(readings)
    espeak = Worker("espeak", "espeak/sit-cmn", models_dir)
    if choice == "espeak":
        return _voice("设置为 espeak：能说，但老人不容易听清。", said, cache_dir, espeak)
    catalogued = model(KOKORO)
    assert catalogued is not None
    state = status(catalogued, models_dir)
    if not state:
        return _voice(
            f"{state.sentence}现在由 espeak 代替，老人不容易听清。", said, cache_dir, espeak
        )
    kokoro = Worker("kokoro", "kokoro/zf_xiaobei", models_dir)
    return _voice(state.sentence, said, cache_dir, kokoro, espeak)


def _voice(reason: str, said: Pronunciation, cache_dir: Path, *workers: Worker) -> Voice:
    return Voice(
        name=workers[0].name,
        workers=workers,
        engines=tuple(Cache(worker, cache_dir, pronunciation=said) for worker in workers),
        reason=reason,
    )
