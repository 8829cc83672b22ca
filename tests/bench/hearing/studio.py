"""The bench's callers: Kokoro's Mandarin voices at several paces, kept between runs."""

import hashlib
from pathlib import Path

from voice.codecs import decode, encode_wav
from voice.sound import Sound
from voice.synthesis.kokoro_model import KokoroModel

VOICES = ("zf_xiaobei", "zm_yunjian", "zf_xiaoni")
PACES = (0.9, 0.75, 1.1)
"""1 is the voice's own, 3 to 3.4 characters a second; old people speak slowly to machines."""


class Studio:
    """Folder of sounds by text, voice and pace; the model is loaded when one is missing."""

    def __init__(self, models: Path, folder: Path) -> None:
        self._models = models
        self._folder = folder
        self._model: KokoroModel | None = None

    def speak(self, text: str, take: int) -> Sound:
        """24 kHz. take: which voice and pace, counted up."""
        voice = VOICES[take % len(VOICES)]
        pace = PACES[take // len(VOICES) % len(PACES)]
        key = hashlib.sha256(f"{text}\0{voice}\0{pace}".encode()).hexdigest()
        kept = self._folder / f"{key}.wav"
        if not kept.exists():
            self._model = self._model or KokoroModel(self._models)
            self._folder.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(encode_wav(self._model.speak(text, voice, pace)))
        return decode(kept.read_bytes())
