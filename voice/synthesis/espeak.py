"""The voice that always works: espeak-ng through pyttsx3, without any system package.

Its Mandarin is poor (half the syllables are misheard over a telephone), so it only stands in.
Every rule below closes a fault measured in pyttsx3 2.99.
"""

import contextlib
import ctypes
import io
import os
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import espeakng_loader

from voice.codecs import decode
from voice.sound import AudioError, Sound
from voice.synthesis.pauses import digits
from voice.synthesis.pronounce import unmarked
from voice.synthesis.protocol import Engine, SynthesisError, Unspeakable

VOICE = "sit/cmn"
RATE = 150
"""Words a minute at pace 1: 3 characters a second."""
_SLOWEST = 80
"""espeak goes no slower."""
_TRIES = 5
_PATIENCE = 5.0
"""Seconds to wait for espeak to come to rest."""
_lock = threading.Lock()
_engine: Any = None


class Espeak(Engine):
    """All objects share the process's one engine: two at once lose files or hang."""

    name = f"espeak/{VOICE}"

    def speak(self, text: str, pace: float = 1.0) -> Sound:
        """22 050 Hz. Raises `SynthesisError` when no sound could be made."""
        if not text.strip():
            raise Unspeakable("没有要说的话。")
        rate = max(_SLOWEST, int(RATE * pace))
        with _lock:
            for _ in range(_TRIES):
                # About one file in a thousand is empty: ask again.
                with contextlib.suppress(AudioError):
                    return _save(digits(unmarked(text)[0]), rate)
        raise SynthesisError("espeak 没有发出声音。")


def _save(text: str, rate: int) -> Sound:
    global _engine
    if _engine is None:
        _engine = _start()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        file = Path(folder) / "said.wav"
        _engine.setProperty("voice", VOICE)
        _engine.setProperty("rate", rate)
        _come_to_rest()
        _engine.save_to_file(text, str(file))
        _engine.runAndWait()
        _come_to_rest()
        if not file.exists():
            raise AudioError("no file")
        return decode(file.read_bytes())


def _start() -> Any:
    # pyttsx3 finds the library by its SONAME once it is loaded.
    os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
    try:
        ctypes.CDLL(espeakng_loader.get_library_path())
        import pyttsx3

        engine = pyttsx3.init("espeak")
    except (OSError, RuntimeError, ImportError) as error:
        raise SynthesisError(f"espeak 打不开（{error}）。") from None
    # The first run may return before its file is there, and with an English voice.
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        engine.setProperty("voice", VOICE)
        engine.save_to_file("好", f"{folder}/first.wav")
        engine.runAndWait()
        time.sleep(0.1)
        _come_to_rest()
    return engine


def _come_to_rest() -> None:
    from pyttsx3.drivers import _espeak

    deadline = time.monotonic() + _PATIENCE
    while _espeak.IsPlaying() and time.monotonic() < deadline:
        time.sleep(0.002)
