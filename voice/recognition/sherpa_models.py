"""sherpa-onnx's models as ears: a sound goes in, words come out."""

import math
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import sherpa_onnx

from voice.codecs import Resampler, resample
from voice.recognition.onnx_folder import Kind, OnnxModel
from voice.recognition.protocol import Word
from voice.sound import Sound

RATE = 16000
"""Hz these models hear at. sherpa-onnx would resample too, and say so on stderr each time."""
UNJUDGED = 0.9
"""Confidence of a word from a model that gives none: trust then follows noise and length."""
_TAIL = 0.6
"""Seconds of silence after which a streaming model has said its last word."""
_SHORTEST = 0.1
"""Seconds below which there is nothing to hear."""
_SETTLE, _LONGEST = 12.0, 25.0
"""Seconds from which a pause settles what came before, and from which it is settled anyway: models
for whole sounds are trained on up to 30."""
_QUIET = 0.15
"""Of the loudest stretch: a pause."""
_STRETCH = 0.3
_ANEW = 1.0
"""Seconds of new sound, or a quarter of all, after which what there is so far is heard again."""


class Utterance(Protocol):
    """Being heard; not thread-safe."""

    def feed(self, pcm: bytes) -> list[Word]:
        """16-bit mono; the words so far, as far as they are known without much ado."""
        ...

    def finish(self) -> list[Word]:
        """All the words; nothing may be fed afterwards."""
        ...


class Streaming(Utterance):
    """Of a model that hears on as sound comes."""

    def __init__(self, model: Any, rate: int) -> None:
        self._model = model
        self._rate = rate
        self._wide = Resampler(rate, RATE)
        self._stream = model.create_stream()
        self._seconds = 0.0

    def feed(self, pcm: bytes) -> list[Word]:
        self._seconds += len(pcm) / 2 / self._rate
        self._stream.accept_waveform(RATE, _samples(self._wide.feed(pcm)))
        return self._words()

    def _words(self) -> list[Word]:
        while self._model.is_ready(self._stream):
            self._model.decode_stream(self._stream)
        result = self._model.get_result_all(self._stream)
        return _words(result, [math.exp(odds) for odds in result.ys_probs], self._seconds)

    def finish(self) -> list[Word]:
        rest = self._wide.finish() + bytes(int(_TAIL * RATE) * 2)
        self._stream.accept_waveform(RATE, _samples(rest))
        self._stream.input_finished()
        return self._words()


class Whole(Utterance):
    """Of a model that hears a sound at once: what there is so far is heard anew in each pause and
    after some more speech, and long speech is settled piece by piece."""

    def __init__(self, model: Any, rate: int) -> None:
        self._model = model
        self._rate = rate
        self._pcm = bytearray()
        self._began = 0.0
        self._settled: list[Word] = []
        self._found: list[Word] = []
        self._heard = 0
        """Bytes of the piece when it was last heard."""
        self._loudest = 0.0
        self._resting = False

    def feed(self, pcm: bytes) -> list[Word]:
        self._pcm += pcm
        pauses, self._resting = not self._resting, self._quiet()
        pauses = pauses and self._resting
        length = self._seconds(len(self._pcm))
        new = self._seconds(len(self._pcm) - self._heard)
        if pauses or new >= max(_ANEW, length / 4):
            self._hear()
        if length >= (_SETTLE if self._resting else _LONGEST):
            self._settled = self.finish()
            self._began += length
            self._pcm.clear()
            self._found, self._heard = [], 0
        return self._settled + self._found

    def finish(self) -> list[Word]:
        self._hear()
        return self._settled + self._found

    def _hear(self) -> None:
        if self._heard < len(self._pcm):
            self._heard = len(self._pcm)
            found = self.at_once(bytes(self._pcm))
            self._found = [_later(word, self._began) for word in found]

    def at_once(self, pcm: bytes) -> list[Word]:
        """A sound of up to half a minute."""
        if self._seconds(len(pcm)) < _SHORTEST:
            return []
        stream = self._model.create_stream()
        stream.accept_waveform(RATE, _samples(resample(Sound(pcm, self._rate), RATE).pcm))
        self._model.decode_stream(stream)
        result = stream.result
        odds = [math.exp(odds) for odds in result.ys_log_probs]
        return _words(result, odds, self._seconds(len(pcm)))

    def _quiet(self) -> bool:
        stretch = np.abs(_samples(bytes(self._pcm[-int(_STRETCH * self._rate) * 2 :])))
        loudness = float(stretch.mean()) if len(stretch) else 0.0
        self._loudest = max(self._loudest, loudness)
        return loudness < _QUIET * self._loudest

    def _seconds(self, size: int) -> float:
        return size / 2 / self._rate


def load(model: OnnxModel) -> tuple[Any, type[Streaming] | type[Whole]]:
    """The engine and how an utterance is heard with it. sherpa-onnx ends the process over a file
    that it cannot use."""
    tokens, parts = str(model.tokens), [str(path) for path in model.parts]
    online, offline = sherpa_onnx.OnlineRecognizer, sherpa_onnx.OfflineRecognizer
    if model.kind is Kind.ZIPFORMER_STREAMING:
        # By itself it flattens the words' probabilities.
        true = {"temperature_scale": 1.0}
        return online.from_transducer(tokens, *parts, num_threads=1, **true), Streaming
    if model.kind is Kind.PARAFORMER:
        return offline.from_paraformer(*parts, tokens, num_threads=1), Whole
    # Left to guess, it takes a short word for Japanese; numbers stay as they are said.
    return offline.from_sense_voice(*parts, tokens, num_threads=1, language="zh"), Whole


def _samples(pcm: bytes) -> np.ndarray:
    return np.frombuffer(pcm, "<i2").astype(np.float32) / 32768


def _words(result: Any, odds: Sequence[float], seconds: float) -> list[Word]:
    """One for each token, where they are what is written; else one for all."""
    text = "".join(result.text.split())
    if not text:
        return []
    tokens = list(result.tokens)
    if "".join(tokens) != text:
        sure = sum(odds) / len(odds) if odds else UNJUDGED
        return [Word(text, 0.0, seconds, sure)]
    count = len(tokens)
    times = list(result.timestamps)
    if len(times) != count:
        times = [seconds * at / count for at in range(count)]
    sure_of = odds if len(odds) == count else [UNJUDGED] * count
    ends = [*times[1:], seconds]
    return [Word(*each) for each in zip(tokens, times, ends, sure_of, strict=True)]


def _later(word: Word, seconds: float) -> Word:
    return Word(word.text, word.start + seconds, word.end + seconds, word.confidence)
