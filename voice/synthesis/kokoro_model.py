"""Kokoro-82M v1.0 (Apache-2.0), int8, on onnxruntime."""

from pathlib import Path

import numpy as np
import onnxruntime

from voice.models.catalogue import KOKORO, KOKORO_MODEL
from voice.sound import Sound
from voice.synthesis.kokoro_phonemes import spells_digits, tokens
from voice.synthesis.pauses import Clause, breaths
from voice.synthesis.protocol import SynthesisError, Unspeakable
from voice.synthesis.stretch import stretch

RATE = 24000
"""Hz of what it makes."""
_STYLES = 510
"""A voice is a table: one style of 256 numbers for each count of tokens."""
_DIGITS_PACE = 0.75
"""Where digits are spelt: at full pace one in five was misheard, and people write along."""
_EDGE = 0.01
"""Of full scale: quieter than this at the edges is the model's own silence, and cut off."""
_KEPT = int(0.03 * RATE)
"""Samples left before and after, so that no consonant is clipped."""


class KokoroModel:
    """Raises `SynthesisError` when the model's files are missing or unusable."""

    def __init__(self, models: Path) -> None:
        options = onnxruntime.SessionOptions()
        # One thread, and no spinning while it waits: recognition of live calls comes first.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.set_denormal_as_zero", "1")  # a tenth faster
        options.log_severity_level = 4
        self._folder = models / KOKORO
        self._styles: dict[str, np.ndarray] = {}
        try:
            self._session = onnxruntime.InferenceSession(
                str(models / KOKORO_MODEL), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime raises a dozen unrelated types
            raise SynthesisError(f"语音模型 {models / KOKORO_MODEL} 打不开（{error}）。") from None

    def speak(self, text: str, voice: str, pace: float) -> Sound:
        """Chinese text to 24 kHz sound, without silence at the edges.

        Raises `Unspeakable` when nothing in the text can be spoken.
        """
        parts: list[np.ndarray] = []
        for breath in breaths(text):
            parts += [self._breath(breath, voice, pace), _silence(breath[-1].pause / pace)]
        audio = np.concatenate(parts[:-1]) if parts else _silence(0)
        if not audio.any():
            raise Unspeakable(f"这句话里没有能读的字：{text[:20]!r}")
        return Sound((np.clip(audio, -1, 1) * 32767).astype("<i2").tobytes(), RATE)

    def _breath(self, breath: list[Clause], voice: str, pace: float) -> np.ndarray:
        """Said in one go when the model itself pauses at every mark, else clause by clause."""
        text = "".join(clause.words + clause.mark for clause in breath)
        symbols = tokens(text)[:_STYLES]
        speed = pace * _DIGITS_PACE if spells_digits(text) else pace
        said = self._infer(symbols, voice, speed)
        audio = stretch(said, [clause.pause / pace for clause in breath[:-1]], RATE)
        if audio is not None:
            return audio
        parts: list[np.ndarray] = []
        for clause in breath:
            parts += [self._breath([clause], voice, pace), _silence(clause.pause / pace)]
        return np.concatenate(parts[:-1])

    def _infer(self, symbols: list[int], voice: str, pace: float) -> np.ndarray:
        if not symbols:
            return _silence(0)
        inputs = {
            "tokens": np.array([[0, *symbols, 0]], np.int64),
            "style": self._style(voice)[len(symbols) - 1].reshape(1, 256),
            "speed": np.array([pace], np.float32),
        }
        return _trimmed(np.asarray(self._session.run(None, inputs)[0], np.float32).ravel())

    def _style(self, voice: str) -> np.ndarray:
        if voice not in self._styles:
            path = self._folder / f"{voice}.bin"
            try:
                self._styles[voice] = np.fromfile(path, np.float32).reshape(_STYLES, 256)
            except (OSError, ValueError) as error:
                raise SynthesisError(f"嗓音文件 {path} 用不了（{error}）。") from None
        return self._styles[voice]


def _trimmed(audio: np.ndarray) -> np.ndarray:
    loud = np.flatnonzero(np.abs(audio) > _EDGE)
    if not loud.size:
        return audio[:0]
    return audio[max(0, loud[0] - _KEPT) : loud[-1] + _KEPT]


def _silence(seconds: float) -> np.ndarray:
    return np.zeros(int(seconds * RATE), np.float32)
