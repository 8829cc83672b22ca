"""What a voice must do. Engines: Kokoro and espeak (both through pyttsx3), behind `cache.py`."""

from typing import Protocol

from voice.sound import Sound


class Synthesiser(Protocol):
    name: str
    """Engine and voice, as `doctor` shows it and the cache keys it: `kokoro/zf_xiaobei`."""

    def speak(self, text: str, pace: float = 1.0) -> Sound:
        """Synthesise one short Mandarin text. Blocking; call it from a worker thread.

        pace: 1.0 is the voice's own; below 1 is slower.
        Raises `SynthesisError` when no sound could be made.
        """
        ...


class SynthesisError(RuntimeError):
    """No sound could be made; the message says why, in Chinese."""


class Unspeakable(SynthesisError):
    """This text holds nothing the engine can say; the engine itself is well."""
