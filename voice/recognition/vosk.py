"""Vosk behind the recogniser's protocol: a pool of recognisers, used again and again.

Measured with the Chinese small model: a reused recogniser needs 0.11–0.14 of real time on one
core, a fresh one per utterance 0.30; each keeps 30–250 MB of graph cache that `del` does not
give back. So at most `streams` are ever made, when they are first needed.
"""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vosk import KaldiRecognizer, Model, SetLogLevel

from voice.codecs import resample
from voice.recognition.model_folder import check_model
from voice.recognition.pieces import pieces
from voice.recognition.protocol import (
    Recogniser,
    RecogniserBusy,
    RecogniserMissing,
    Recognition,
    Stream,
    Word,
)
from voice.sound import Sound

RATE = 8000
"""Hz. The telephone's; the model hears 8 kHz as well as the same sound upsampled."""
N_BEST = 5
"""Readings asked for; ten gain 1 % of characters over five."""
N_BEST_LONGEST = 15.0
"""Seconds: longer recordings get no second decode for other readings."""


class VoskRecogniser(Recogniser):
    """Thread-safe; every stream belongs to one thread at a time.

    Raises `RecogniserMissing` when the model folder is missing or broken. Vosk itself would end
    the process.
    """

    rate = RATE

    def __init__(self, model_dir: Path, streams: int = 8) -> None:
        check_model(model_dir)
        SetLogLevel(-1)  # Kaldi writes what it hears to stderr
        try:
            self._model = Model(str(model_dir))
        except Exception as error:  # Vosk raises nothing more precise
            raise RecogniserMissing(f"语音识别模型 {model_dir} 打不开（{error}）。") from None
        self._streams = _Pool(streams, self._make)
        # One of its own, so that live calls never wait for a recording; recordings wait here.
        self._n_best = _Pool(1, self._make_n_best)

    def stream(self) -> Stream:
        return _VoskStream(self._streams)

    def recognise(self, sound: Sound) -> Recognition:
        """A whole recording; pauses divide a long one. Blocks while every stream is in use.

        A short one is decoded a second time for other readings: measured 0.1 of its length.
        """
        pcm = resample(sound, RATE).pcm
        heard = []
        recogniser = self._streams.take(wait=True)
        try:
            for start, part in pieces(pcm, RATE):
                words = _feed(recogniser, part, start)
                heard.append(words)
        finally:
            self._streams.give_back(recogniser)
        result = _recognition([word for words in heard for word in words], len(pcm))
        if not result.text or result.seconds > N_BEST_LONGEST:
            return result
        return _with_alternatives(result, self._other_readings(pcm))

    def _other_readings(self, pcm: bytes) -> list[str]:
        recogniser = self._n_best.take(wait=True)
        try:
            recogniser.AcceptWaveform(pcm)
            readings = json.loads(recogniser.FinalResult()).get("alternatives", [])
            recogniser.Reset()
        finally:
            self._n_best.give_back(recogniser)
        return [_joined(reading["text"]) for reading in readings]

    def _make(self) -> Any:
        recogniser = KaldiRecognizer(self._model, RATE)
        recogniser.SetWords(True)
        return recogniser

    def _make_n_best(self) -> Any:
        recogniser = KaldiRecognizer(self._model, RATE)
        recogniser.SetMaxAlternatives(N_BEST)
        return recogniser


class _Pool:
    """Recognisers at rest, and how many more may be made."""

    def __init__(self, size: int, make: Callable[[], Any]) -> None:
        self._free: list[Any] = []
        self._left = size
        self._make = make
        self._changed = threading.Condition()

    def take(self, *, wait: bool) -> Any:
        """Raises `RecogniserBusy` when none is free and waiting is not wanted."""
        with self._changed:
            while not self._free and not self._left:
                if not wait:
                    raise RecogniserBusy("every recogniser is in use")
                self._changed.wait()
            if self._free:
                return self._free.pop()
            self._left -= 1
        try:
            return self._make()
        except BaseException:
            with self._changed:
                self._left += 1
                self._changed.notify()
            raise

    def give_back(self, recogniser: Any) -> None:
        with self._changed:
            self._free.append(recogniser)
            self._changed.notify()


class _VoskStream:
    def __init__(self, pool: _Pool) -> None:
        self._pool = pool
        self._recogniser: Any = pool.take(wait=False)
        self._words: list[Word] = []
        self._bytes = 0
        self._lock = threading.Lock()

    def accept(self, pcm: bytes) -> str:
        with self._lock:
            recogniser = self._in_use()
            self._bytes += len(pcm)
            # Vosk ends an utterance of its own at a pause; the turn goes on, so keep it.
            if recogniser.AcceptWaveform(pcm):
                self._words += _words(recogniser.Result())
                return self._text()
            partial = json.loads(recogniser.PartialResult())["partial"]
            return self._text() + _joined(partial)

    def finish(self) -> Recognition:
        with self._lock:
            self._words += _words(self._in_use().FinalResult())
            self._give_back()
            return _recognition(self._words, self._bytes)

    def close(self) -> None:
        with self._lock:
            if self._recogniser is not None:
                self._give_back()

    def __del__(self) -> None:
        # A stream somebody forgot would make the service deaf after eight calls.
        self.close()

    def _in_use(self) -> Any:
        if self._recogniser is None:
            raise ValueError("this stream is finished")
        return self._recogniser

    def _give_back(self) -> None:
        recogniser, self._recogniser = self._recogniser, None
        recogniser.Reset()
        self._pool.give_back(recogniser)

    def _text(self) -> str:
        return "".join(word.text for word in self._words)


def _feed(recogniser: Any, pcm: bytes, start: float) -> list[Word]:
    """Decode one piece whole; times count from the start of the recording."""
    words: list[Word] = []
    step = RATE * 2  # a second at a time: Vosk looks for a pause after each
    for at in range(0, len(pcm), step):
        if recogniser.AcceptWaveform(pcm[at : at + step]):
            words += _words(recogniser.Result())
    words += _words(recogniser.FinalResult())
    recogniser.Reset()
    return [Word(w.text, w.start + start, w.end + start, w.confidence) for w in words]


def _words(result: str) -> list[Word]:
    return [
        Word(word["word"], word["start"], word["end"], word["conf"])
        for word in json.loads(result).get("result", [])
        if word["word"] != "[unk]"
    ]


def _joined(text: str) -> str:
    return text.replace("[unk]", "").replace(" ", "")


def _recognition(words: list[Word], size: int) -> Recognition:
    confidence = sum(word.confidence for word in words) / len(words) if words else 0.0
    return Recognition(
        text="".join(word.text for word in words),
        confidence=min(1.0, confidence),
        words=tuple(words),
        seconds=size / 2 / RATE,
    )


def _with_alternatives(result: Recognition, readings: list[str]) -> Recognition:
    others = dict.fromkeys(text for text in readings if text and text != result.text)
    return Recognition(result.text, result.confidence, result.words, tuple(others), result.seconds)
