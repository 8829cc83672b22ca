"""Danger to life, looked for before anything else on every turn.

Idioms are masked first (“我火大”, “火锅”), then each alarming phrase is judged in its clause: what
stands in front may deny it, fear it or put it in the past, what stands behind may have ended it.
Doubt asks; it never drops.
"""

import re
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from flows.lexicon import EmergencyWords, Lexicon
from flows.understanding.phrases import pattern

_MASK = "\N{WHITE SQUARE}"
_REACH = 6
"""Characters in front of a phrase in which a denial or a tense still belongs to it."""


class Danger(StrEnum):
    PRESENT = "present"
    ASK = "ask"
    """Past, feared, reported or merely possible: one question decides."""
    NONE = "none"


class Emergency(NamedTuple):
    danger: Danger
    kind: str
    """`fire`, `gas`, `ill`, `crime`, `suicide`, `trapped`, `missing`, or empty."""


class _Patterns:
    def __init__(self, words: EmergencyWords) -> None:
        self.idioms = re.compile(pattern(words.idioms))
        self.kinds = {kind: re.compile(pattern(phrases)) for kind, phrases in words.kinds.items()}
        self.ask = re.compile(pattern(words.ask))
        self.before = re.compile(pattern(words.before))
        self.past = re.compile(pattern(words.past))
        self.now = re.compile(pattern(words.now))
        self.after = re.compile(pattern(words.after))
        self.urgent = re.compile(pattern(words.urgent))


@lru_cache(maxsize=8)
def _patterns(words: EmergencyWords) -> _Patterns:
    return _Patterns(words)


def find_emergency(text: str, lexicon: Lexicon) -> Emergency:
    """The worst danger the text speaks of. `text` is normalised."""
    patterns = _patterns(lexicon.emergency)
    masked = patterns.idioms.sub(lambda idiom: _MASK * len(idiom.group()), text)
    doubt = ""
    for clause in masked.split(lexicon.answers.full_stop):
        for kind, phrases in patterns.kinds.items():
            for match in phrases.finditer(clause):
                front, behind = clause[: match.start()], clause[match.end() :]
                if not (
                    patterns.before.search(front[-_REACH:])
                    or _long_ago(front, patterns)
                    or patterns.after.search(behind)
                ):
                    return Emergency(Danger.PRESENT, kind)
                doubt = doubt or kind
    if doubt or patterns.ask.search(masked):
        return Emergency(Danger.ASK, doubt)
    return Emergency(Danger.NONE, "")


def _long_ago(front: str, patterns: _Patterns) -> bool:
    past = patterns.past.search(front)
    return past is not None and not patterns.now.search(front, past.end())


def is_urgent(text: str, lexicon: Lexicon) -> bool:
    """No danger to life, but somebody should look today."""
    return bool(_patterns(lexicon.emergency).urgent.search(text))
