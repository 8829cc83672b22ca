"""What an engine must do (Kokoro and espeak, both through pyttsx3), and what a voice made of them
must."""

from typing import Protocol

from voice.sound import Sound


class Engine(Protocol):
    name: str
    """Engine and voice, as `doctor` shows it and the cache keys it: `kokoro/zf_xiaobei`."""

    def speak(self, text: str, pace: float = 1.0) -> Sound:
        """Synthesise one short Mandarin text. Blocking; call it from a worker thread.

        pace: 1.0 is the voice's own; below 1 is slower.
        Raises `SynthesisError` when no sound could be made.
        """
        ...


class Synthesiser(Engine, Protocol):
    def foresee(self, text: str, pace: float = 1.0) -> None:
        """Make ready what nobody waits for yet; who waits goes first. Blocking; never raises."""


class SynthesisError(RuntimeError):
    """No sound could be made; the message says why, in Chinese."""


class Unspeakable(SynthesisError):
    """This text holds nothing the engine can say; the engine itself is well."""


class EngineBusy(SynthesisError):
    """Too much waits for this engine already; the engine itself is well."""
