"""Kokoro-82M v1.0 (Apache-2.0), int8, on onnxruntime."""

from pathlib import Path

import numpy as np
import onnxruntime

from voice.models.catalogue import KOKORO, KOKORO_MODEL
from voice.sound import Sound
from voice.synthesis.kokoro_halves import ALIGNED, ENERGY, PITCH, WEIGHTS, halves
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
_SAID = -4.0
"""Planned energy: below it nothing is said."""
_AROUND = 8
"""Frames of 25 ms decoded before and after what is said: 1.7 times as fast as all of them for a
clause of 1.3 s, its syllables as loud within 1.2 dB. With 4, within 3 dB."""
_STAND_FOR = slice(2, 5)
"""Of the decoded silence, counted from its far end: the frames that stand for what is left out.
The two before them feel the cut."""
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
            self._prosody, self._decoder = (
                onnxruntime.InferenceSession(half, options, providers=["CPUExecutionProvider"])
                for half in halves(models / KOKORO_MODEL)
            )
        except Exception as error:  # onnx and onnxruntime raise a dozen unrelated types
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
        style = self._style(voice)[len(symbols) - 1].reshape(1, 256)
        planned = self._prosody.run(
            [ALIGNED, PITCH, ENERGY],
            {
                "tokens": np.array([[0, *symbols, 0]], np.int64),
                "style": style,
                "speed": np.array([pace], np.float32),
            },
        )
        aligned, pitch, energy = planned
        said = np.flatnonzero(energy[0, ::2] > _SAID)
        if not said.size:
            return _silence(0)
        frames = energy.shape[1] // 2
        begin, end = max(0, said[0] - _AROUND), min(frames, said[-1] + 1 + _AROUND)
        inputs = {
            ALIGNED: np.ascontiguousarray(aligned[:, :, begin:end]),
            PITCH: np.ascontiguousarray(pitch[:, 2 * begin : 2 * end]),
            ENERGY: np.ascontiguousarray(energy[:, 2 * begin : 2 * end]),
            WEIGHTS: _weights(begin, end, frames).reshape(1, 1, -1),
            "style": style,
        }
        return _trimmed(np.asarray(self._decoder.run(None, inputs)[0], np.float32).ravel())

    def _style(self, voice: str) -> np.ndarray:
        if voice not in self._styles:
            path = self._folder / f"{voice}.bin"
            try:
                self._styles[voice] = np.fromfile(path, np.float32).reshape(_STYLES, 256)
            except (OSError, ValueError) as error:
                raise SynthesisError(f"嗓音文件 {path} 用不了（{error}）。") from None
        return self._styles[voice]


def _weights(begin: int, end: int, frames: int) -> np.ndarray:
    """How many of all frames each one from `begin` to `end` stands for.

    >>> _weights(6, 26, 29).astype(int).tolist()
    [1, 1, 3, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1]
    """
    weights = np.ones(end - begin, np.float32)
    kept = _STAND_FOR.stop - _STAND_FOR.start
    weights[_STAND_FOR] += begin / kept
    weights[::-1][_STAND_FOR] += (frames - end) / kept
    return weights


def _trimmed(audio: np.ndarray) -> np.ndarray:
    loud = np.flatnonzero(np.abs(audio) > _EDGE)
    if not loud.size:
        return audio[:0]
    return audio[max(0, loud[0] - _KEPT) : loud[-1] + _KEPT]


def _silence(seconds: float) -> np.ndarray:
    return np.zeros(int(seconds * RATE), np.float32)
