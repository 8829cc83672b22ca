"""The good voice: Kokoro through pyttsx3, in this very process."""

import tempfile
import threading
from pathlib import Path

import pyttsx3

from voice.codecs import decode
from voice.sound import Sound
from voice.synthesis.kokoro_driver import RATE, install
from voice.synthesis.protocol import Engine, SynthesisError, Unspeakable


class Kokoro(Engine):
    """0.5 GB of memory, 0.7–1.3 CPU seconds a second of speech: run it in a `Worker`.

    Raises `SynthesisError` when the model is missing or unusable.
    """

    def __init__(self, models: Path, voice: str = "zf_xiaobei") -> None:
        self.name = f"kokoro/{voice}"
        install(models)
        self._engine = pyttsx3.init("kokoro")
        self._engine.setProperty("voice", voice)
        self._engine.connect("error", self._failed)
        self._error: Exception | None = None
        self._lock = threading.Lock()

    def speak(self, text: str, pace: float = 1.0) -> Sound:
        """24 kHz. Raises `SynthesisError` when nothing in the text can be spoken."""
        if not text.strip():
            raise Unspeakable("没有要说的话。")
        with self._lock, tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "said.wav"
            self._error = None
            self._engine.setProperty("rate", RATE * pace)
            self._engine.save_to_file(text, str(file))
            self._engine.runAndWait()
            if self._error is not None:
                if isinstance(self._error, SynthesisError):
                    raise self._error
                raise SynthesisError(str(self._error)) from self._error
            return decode(file.read_bytes())

    def _failed(self, name: str | None, exception: Exception) -> None:
        # pyttsx3 swallows what a driver raises and tells only who asked to be told.
        self._error = exception
