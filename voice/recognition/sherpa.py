"""sherpa-onnx behind the recogniser's protocol: SenseVoice, Paraformer and Zipformer, from a folder
of the operator's. Expected phrases cannot be given to any of them: `reread` finds nothing, and the
first hearing stands alone."""

import threading
from dataclasses import replace

from voice.codecs import resample
from voice.recognition.front_end import FrontEnd
from voice.recognition.judge import judge
from voice.recognition.noise_meter import NoiseMeter
from voice.recognition.onnx_folder import OnnxModel
from voice.recognition.pieces import pieces
from voice.recognition.protocol import (
    Recogniser,
    RecogniserBusy,
    Recognition,
    Rereading,
    Stream,
    Word,
)
from voice.recognition.sherpa_models import Utterance, Whole, load
from voice.sound import Sound

RATE = 8000
"""Hz of what a call brings."""
_PIECE = 25.0
"""Seconds of a recording heard in one go."""


class SherpaRecogniser(Recogniser):
    """Thread-safe; every stream belongs to one thread at a time. At most `streams` at once."""

    rate = RATE

    def __init__(self, model: OnnxModel, streams: int = 8) -> None:
        self._model, self._utterance = load(model)
        self._free = threading.BoundedSemaphore(streams)

    def stream(self) -> Stream:
        if not self._free.acquire(blocking=False):
            raise RecogniserBusy("every recogniser is in use")
        return _SherpaStream(self._utterance(self._model, RATE), self._free)

    def recognise(self, sound: Sound) -> Recognition:
        """A whole recording, at its own rate: these models hear what is above the telephone's band.
        Blocks while every stream is in use."""
        meter = NoiseMeter()
        meter.feed(resample(sound, RATE).pcm)
        words: list[Word] = []
        with self._free:
            for start, part in pieces(FrontEnd().feed(sound.pcm), sound.rate, _PIECE):
                words += [
                    Word(w.text, w.start + start, w.end + start, w.confidence)
                    for w in self._hear(part, sound.rate)
                ]
        return _judge(words, sound.seconds, meter)

    def reread(
        self,
        sound: Sound,
        phrases: tuple[str, ...] = (),
        alternatives: int = 0,
        within: float = 1.0,
    ) -> Rereading:
        return Rereading()

    def _hear(self, pcm: bytes, rate: int) -> list[Word]:
        utterance = self._utterance(self._model, rate)
        if isinstance(utterance, Whole):
            return utterance.at_once(pcm)
        utterance.feed(pcm)
        return utterance.finish()


class _SherpaStream(Stream):
    _utterance: Utterance | None = None

    def __init__(self, utterance: Utterance, free: threading.BoundedSemaphore) -> None:
        self._lock = threading.Lock()
        self._meter = NoiseMeter()
        self._front = FrontEnd()
        self._bytes = 0
        self._free = free
        self._utterance = utterance

    def accept(self, pcm: bytes) -> str:
        with self._lock:
            words = self._in_use().feed(self._front.feed(pcm))
            self._meter.feed(pcm)
            self._bytes += len(pcm)
            return "".join(word.text for word in words)

    def finish(self) -> Recognition:
        with self._lock:
            words = self._in_use().finish()
            self._give_back()
            return _judge(words, self._bytes / 2 / RATE, self._meter)

    def close(self) -> None:
        with self._lock:
            self._give_back()

    def __del__(self) -> None:
        self._give_back()  # a stream somebody forgot would make the service deaf

    def _in_use(self) -> Utterance:
        if self._utterance is None:
            raise ValueError("this stream is finished")
        return self._utterance

    def _give_back(self) -> None:
        if self._utterance is not None:
            self._utterance = None
            self._free.release()


def _judge(words: list[Word], seconds: float, meter: NoiseMeter) -> Recognition:
    """Unsure words are no sign of dialect here: these models are for hearing it."""
    return replace(judge(words, seconds, meter), strange=False)
