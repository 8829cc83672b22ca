"""A second decode of a whole turn by Vosk: with a grammar of what is expected, or for other
readings with the open vocabulary.

Measured: a grammar of 841 phrases is made in 3 ms and decodes at 0.03 of real time on one core;
ten readings with the open vocabulary cost 0.12 of real time.
"""

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from vosk import KaldiRecognizer, Model

from voice.recognition.protocol import Prompted, Rereading
from voice.recognition.spell import Speller

UNKNOWN = "[unk]"
LONGEST = 20.0
"""Seconds: a longer turn is no answer to a question."""
_KEPT = 6
"""Recognisers kept for the grammars used last."""
_UNKNOWNS = 60
"""How often speech that is none of the phrases stands in the grammar. Of 8 unrelated sentences it
took 45 % of the sound for phrases standing there once, 27 % at 60 times; of 21 answers it kept
89 % in both cases."""
_HARDLY = 0.5
"""Confidence below which a word in front of the others is noise: “[三室]和睦新村三幢”."""
_CHUNK = 0.5
"""Seconds decoded between two looks at the clock."""


class Rereader:
    """Thread-safe. Recognisers are made when first needed and used again."""

    def __init__(self, model: Model, rate: int, *, grammars: bool = True) -> None:
        """grammars: whether the model can be given one. Vosk decodes the open vocabulary of one
        that cannot, and every word would pass for an expected one."""
        self._model = model
        self._rate = rate
        self._grammars = grammars
        self._speller = Speller(lambda word: model.vosk_model_find_word(word) >= 0)
        self._spelt: dict[tuple[str, ...], str] = {}
        self._kept: OrderedDict[tuple[str, object], Any] = OrderedDict()
        self._lock = threading.Lock()

    def reread(
        self, pcm: bytes, phrases: tuple[str, ...], alternatives: int, within: float
    ) -> Rereading:
        """`pcm`: 16-bit mono at the rate given when made. See `Recogniser.reread`."""
        until = time.monotonic() + within
        if len(pcm) > LONGEST * self._rate * 2:
            return Rereading()
        prompted = self._prompted(pcm, phrases, until) if phrases and self._grammars else None
        readings = self._readings(pcm, alternatives, until) if alternatives else ()
        return Rereading(prompted, readings)

    def _prompted(self, pcm: bytes, phrases: tuple[str, ...], until: float) -> Prompted | None:
        results = self._decode(pcm, ("grammar", self._grammar(phrases)), until)
        if results is None:
            return None
        words = [word for result in results for word in result.get("result", ())]
        return prompted(words, self._speller.written)

    def _readings(self, pcm: bytes, most: int, until: float) -> tuple[str, ...]:
        results = self._decode(pcm, ("alternatives", most), until)
        if not results:
            return ()
        # A long pause divides the turn: the readings of its parts are joined rank by rank.
        parts = [[a["text"] for a in result.get("alternatives", ())] for result in results]
        parts = [part for part in parts if part]
        ranks = range(max(map(len, parts), default=0))
        joined = ("".join(part[min(rank, len(part) - 1)] for part in parts) for rank in ranks)
        return tuple(dict.fromkeys(text for one in joined if (text := one.replace(" ", ""))))

    def _grammar(self, phrases: tuple[str, ...]) -> str:
        """As Vosk takes it."""
        with self._lock:
            if phrases not in self._spelt:
                if len(self._spelt) >= 4 * _KEPT:
                    self._spelt.clear()
                spelt = [*self._speller.spell(phrases), *[UNKNOWN] * _UNKNOWNS]
                self._spelt[phrases] = json.dumps(spelt, ensure_ascii=False)
            return self._spelt[phrases]

    def _decode(self, pcm: bytes, kind: tuple[str, object], until: float) -> list[Any] | None:
        """The results of its stretches; None when it took too long."""
        recogniser = self._take(kind)
        results = []
        size = int(_CHUNK * self._rate) * 2
        try:
            for at in range(0, len(pcm), size):
                if time.monotonic() > until:
                    return None
                if recogniser.AcceptWaveform(pcm[at : at + size]):
                    results.append(json.loads(recogniser.Result()))
            results.append(json.loads(recogniser.FinalResult()))
            return results
        finally:
            recogniser.Reset()
            self._give_back(kind, recogniser)

    def _take(self, kind: tuple[str, object]) -> Any:
        with self._lock:
            if kind in self._kept:
                return self._kept.pop(kind)
        name, what = kind
        if name == "grammar":
            recogniser = KaldiRecognizer(self._model, self._rate, what)
            recogniser.SetWords(True)
        else:
            recogniser = KaldiRecognizer(self._model, self._rate)
            recogniser.SetMaxAlternatives(what)
        return recogniser

    def _give_back(self, kind: tuple[str, object], recogniser: Any) -> None:
        with self._lock:
            self._kept[kind] = recogniser
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)


def prompted(words: Sequence[dict[str, Any]], written: Mapping[str, str]) -> Prompted:
    """Of Vosk's words (`word`, `conf`, `start`, `end`).

    written: what stands for characters that were spelt by their sound.
    """
    text, sure, known, whole, least = "", 0.0, 0.0, 0.0, 1.0
    for word in words:
        seconds, confidence = word["end"] - word["start"], min(1.0, word["conf"])
        whole += seconds
        if word["word"] == UNKNOWN or (not known and confidence < _HARDLY):
            text += "，"
            continue
        text += written.get(word["word"], word["word"])
        known += seconds
        sure += seconds * confidence
        least = min(least, confidence)
    if not known:
        return Prompted("", 0.0, 0.0)
    return Prompted(text.strip("，"), sure / known, known / whole, least)
