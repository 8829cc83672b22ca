"""Danger to life, looked for before anything else on every turn and in every reading of it.

Frames of the lexicon say what is alarming (“<人> 倒在”); idioms are masked first (“我火大”). Each
frame found is then judged by what stands around it (denied, feared, long ago, already over) and by
how dangerous the whole sounds. Doubt asks; it never drops.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from flows.lexicon import Lexicon
from flows.understanding.doubt import Doubt
from flows.understanding.frames import Frames, Match
from flows.understanding.phrases import pattern
from flows.understanding.second_opinion import SecondOpinion
from flows.understanding.sounds import merge


class Danger(StrEnum):
    PRESENT = "present"
    ASK = "ask"
    """Past, feared, reported or merely possible: one question decides."""
    NONE = "none"


class Emergency(NamedTuple):
    danger: Danger
    kind: str
    """`fire`, `gas`, `ill`, `crime`, `suicide`, `trapped`, `missing`, `help`, or empty."""


DOUBT_BELOW, ASK_FROM, ALARM_FROM = -0.5, -0.4, 0.1
"""Scores of the second opinion. Below the first a frame does not alarm, it asks; from the second on
what no frame fits is asked about, from the third on it alarms. Of two halves of the examples, each
scored by the other, danger reaches them in 94, 92 and 70 %; near misses in 25, 20 and 5 %."""
ALARM_BARE_FROM = 0.6
"""The third, for words that only say who and where (“我妈一个人住在五幢”): of 61 such sentences 4
alarm then instead of 9, and of 259 phrasings of danger none less."""


class Emergencies:
    """The lexicon's words, compiled once (1 s), and the second opinion. Raises `FrameError`."""

    def __init__(self, lexicon: Lexicon, opinion: SecondOpinion) -> None:
        self._opinion = opinion
        words = lexicon.emergency
        self._stop = lexicon.answers.full_stop

        @cache
        def fold(sound: str) -> str:
            return merge(sound, lexicon.places)

        self._dialect = str.maketrans(words.dialect)
        self._rank = {kind: at for at, kind in enumerate(words.kinds)}
        ordinary = "\n".join(
            (*words.as_heard, *(e for c in lexicon.categories.values() for e in c.examples))
        )
        self._frames = Frames({**words.kinds, "": words.ask}, words.words, fold, ordinary)
        self._idioms = re.compile(f"(?=({pattern(words.idioms)}))")
        self._doubt = Doubt(words, self._stop)
        self._urgent = re.compile(pattern(words.urgent))

    def find(self, text: str) -> Emergency:
        """The worst danger the text speaks of. `text` is normalised."""
        found = self._framed(text)
        opinion = self._opinion.judge(text)
        if opinion is None:
            return found
        if found.danger is Danger.PRESENT:
            sure = opinion.score >= DOUBT_BELOW
            return found if sure else found._replace(danger=Danger.ASK)
        if found.kind:
            return found  # A frame fits; what is doubted about it (past, feared) stays doubted.
        if opinion.score >= (ALARM_FROM if opinion.harm else ALARM_BARE_FROM):
            return Emergency(Danger.PRESENT, opinion.kind)
        return Emergency(Danger.ASK, "") if opinion.score >= ASK_FROM else found

    def is_urgent(self, text: str) -> bool:
        """No danger to life, but somebody should look today."""
        return bool(self._urgent.search(text))

    def _framed(self, text: str) -> Emergency:
        text = text.translate(self._dialect)
        masked = [match.span(1) for match in self._idioms.finditer(text)]
        present: set[str] = set()
        doubt: set[str] = set()
        for match in filter(_is_heard, self._frames.find(text, masked)):
            if match.name and match.name not in present:
                doubted = self._doubt.cast_on(match, text)
                (doubt if doubted else present).add(match.name)
            elif not match.name:
                doubt.add("")
        if present:
            return Emergency(Danger.PRESENT, min(present, key=self._rank.__getitem__))
        if doubt:
            kind = min(doubt, key=lambda kind: self._rank.get(kind, len(self._rank)))
            return Emergency(Danger.ASK, kind)
        return Emergency(Danger.NONE, "")


def _is_heard(match: Match) -> bool:
    """Two syllables that only sound alike meet by chance: they count as what is said of something
    that was recognised, never as that something."""
    *first, last = match.parts
    if any(0 < part.misheard == part.end - part.start < 3 for part in first):
        return False
    chance = last.misheard == last.end - last.start < 3
    return not chance or match.length - match.misheard >= 2


def worst(found: Iterable[Emergency]) -> Emergency:
    """The worst of several readings of the same sound, the first of equals."""
    rank = (Danger.PRESENT, Danger.ASK, Danger.NONE)
    return min(found, key=lambda one: rank.index(one.danger))
