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
from voice.recognition.front_end import FrontEnd
from voice.recognition.grammar import Rereader
from voice.recognition.judge import judge
from voice.recognition.model_folder import check_model, takes_grammars
from voice.recognition.noise_meter import NoiseMeter
from voice.recognition.pieces import pieces
from voice.recognition.protocol import (
    Recogniser,
    RecogniserBusy,
    RecogniserMissing,
    Recognition,
    Rereading,
    Stream,
    Word,
)
from voice.sound import Sound

RATE = 8000
"""Hz. The telephone's; the model hears 8 kHz as well as the same sound upsampled."""


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
        self._rereader = Rereader(self._model, RATE, grammars=takes_grammars(model_dir))

    def stream(self) -> Stream:
        return _VoskStream(self._streams)

    def recognise(self, sound: Sound) -> Recognition:
        """A whole recording; pauses divide a long one. Blocks while every stream is in use."""
        pcm = resample(sound, RATE).pcm
        words: list[Word] = []
        meter = NoiseMeter()
        meter.feed(pcm)
        pcm = FrontEnd().feed(pcm)
        ears = self._streams.take(wait=True)
        try:
            for start, part in pieces(pcm, RATE):
                words += _moved(ears.hear(part), start)
        finally:
            self._streams.give_back(ears)
        return judge(words, len(pcm) / 2 / RATE, meter)

    def reread(
        self,
        sound: Sound,
        phrases: tuple[str, ...] = (),
        alternatives: int = 0,
        within: float = 1.0,
    ) -> Rereading:
        pcm = FrontEnd().feed(resample(sound, RATE).pcm)
        return self._rereader.reread(pcm, phrases, alternatives, within)

    def _make(self) -> "_Ears":
        recogniser = KaldiRecognizer(self._model, RATE)
        recogniser.SetWords(True)
        return _Ears(recogniser)


class _Ears:
    """A Vosk recogniser that is used again and again.

    Its clock runs on over `Reset`, so word times are taken from where an utterance began.
    """

    def __init__(self, recogniser: Any) -> None:
        self._recogniser = recogniser
        self._fed = self._began = 0

    def accept(self, pcm: bytes) -> tuple[list[Word], str]:
        """Words that are settled now, and the text that may still change."""
        self._fed += len(pcm)
        # Vosk ends an utterance of its own at a pause; the turn goes on, so keep it.
        if self._recogniser.AcceptWaveform(pcm):
            return self._words(self._recogniser.Result()), ""
        return [], _joined(json.loads(self._recogniser.PartialResult())["partial"])

    def finish(self) -> list[Word]:
        """The rest of the words; afterwards all is forgotten."""
        words = self._words(self._recogniser.FinalResult())
        self.forget()
        return words

    def forget(self) -> None:
        self._recogniser.Reset()
        self._began = self._fed

    def hear(self, pcm: bytes) -> list[Word]:
        """A whole recording."""
        words: list[Word] = []
        for at in range(0, len(pcm), RATE * 2):  # Vosk looks for a pause after each second
            words += self.accept(pcm[at : at + RATE * 2])[0]
        return words + self.finish()

    def _words(self, result: str) -> list[Word]:
        words = [
            Word(word["word"], word["start"], word["end"], word["conf"])
            for word in json.loads(result).get("result", [])
            if word["word"] != "[unk]"
        ]
        return _moved(words, -self._began / 2 / RATE)


class _Pool:
    """Recognisers at rest, and how many more may be made."""

    def __init__(self, size: int, make: Callable[[], _Ears]) -> None:
        self._free: list[_Ears] = []
        self._left = size
        self._make = make
        self._changed = threading.Condition()

    def take(self, *, wait: bool) -> _Ears:
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

    def give_back(self, ears: _Ears) -> None:
        with self._changed:
            self._free.append(ears)
            self._changed.notify()


class _VoskStream(Stream):
    _ears: _Ears | None = None

    def __init__(self, pool: _Pool) -> None:
        self._lock = threading.Lock()
        self._words: list[Word] = []
        self._meter = NoiseMeter()
        self._front = FrontEnd()
        self._bytes = 0
        self._pool = pool
        self._ears = pool.take(wait=False)

    def accept(self, pcm: bytes) -> str:
        with self._lock:
            settled, partial = self._in_use().accept(self._front.feed(pcm))
            self._meter.feed(pcm)
            self._bytes += len(pcm)
            self._words += settled
            return "".join(word.text for word in self._words) + partial

    def finish(self) -> Recognition:
        with self._lock:
            self._words += self._in_use().finish()
            self._give_back()
            return judge(self._words, self._bytes / 2 / RATE, self._meter)

    def close(self) -> None:
        with self._lock:
            if self._ears is not None:
                self._ears.forget()
                self._give_back()

    def __del__(self) -> None:
        # A stream somebody forgot would make the service deaf after eight calls.
        if self._ears is not None:
            self.close()

    def _in_use(self) -> _Ears:
        if self._ears is None:
            raise ValueError("this stream is finished")
        return self._ears

    def _give_back(self) -> None:
        ears, self._ears = self._ears, None
        if ears is not None:
            self._pool.give_back(ears)


def _moved(words: list[Word], seconds: float) -> list[Word]:
    return [Word(w.text, w.start + seconds, w.end + seconds, w.confidence) for w in words]


def _joined(text: str) -> str:
    return text.replace("[unk]", "").replace(" ", "")
