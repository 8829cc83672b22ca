"""Phrase lists of the lexicon as regular expressions."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import product

from flows.lexicon import Answers, AnswerWords

_SIGNS = ((r"\(", "(?:"), (r"\|", "|"), (r"\)", ")"), ("…", ".{0,8}?"))
"""What is written in a phrase, escaped, and what it is in an expression."""


def pattern(phrases: Iterable[str]) -> str:
    """Any of the phrases, longest first; `…` is a gap of up to eight characters within a clause,
    `(a|b|)` one of several, or nothing.

    >>> import re
    >>> re.search(pattern(["电梯…关住"]), "电梯把人关住了").group()
    '电梯把人关住'
    >>> re.search(pattern(["听(得|)不(清|见)"]), "我听不见").group()
    '听不见'
    """
    return _pattern(tuple(phrases))


@lru_cache(maxsize=1024)
def _pattern(phrases: tuple[str, ...]) -> str:
    # The first of equals stays first: the same in every process.
    longest = sorted(dict.fromkeys(phrases), key=len, reverse=True)
    parts = [_phrase(phrase) for phrase in longest]
    return "(?:" + "|".join(parts) + ")" if parts else "(?!)"


def _phrase(phrase: str) -> str:
    expression = re.escape(phrase)
    for written, meant in _SIGNS:
        expression = expression.replace(written, meant)
    return expression


def written_out(phrase: str, most: int = 4) -> list[str]:
    """Some of the ways a phrase can be said, evenly from all.

    >>> written_out("听(得|)不(清|见)")
    ['听得不清', '听得不见', '听不清', '听不见']
    """
    parts = re.split(r"\(([^()]*)\)", phrase.replace("…", ""))
    choices = [part.split("|") if at % 2 else [part] for at, part in enumerate(parts)]
    ways = ["".join(way) for way in product(*choices)]
    return ways[:: -(-len(ways) // most)]


@lru_cache(maxsize=64)
def _made_of(words: AnswerWords, answers: Answers) -> re.Pattern[str]:
    wanted = pattern(words.whole)
    filler = pattern((*answers.fillers, answers.full_stop))
    return re.compile(f"{filler}*{wanted}(?:{wanted}|{filler})*")


@lru_cache(maxsize=64)
def _contains(words: AnswerWords, answers: Answers) -> re.Pattern[str]:
    cue = pattern(words.contains)
    return re.compile(f"{cue}|(?P<not>{pattern(answers.negations)}){cue}")


def made_of(text: str, words: AnswerWords, answers: Answers) -> bool:
    """Whether the utterance is nothing but these words, however often, and fillers."""
    return bool(words.whole) and bool(_made_of(words, answers).fullmatch(text))


def mentions(text: str, words: AnswerWords, answers: Answers, longest: int = 14) -> bool:
    """Whether a phrase occurs, not negated, in an utterance of at most `longest` characters
    (beyond that it is a story, and the words are part of it)."""
    if len(text) > longest or not words.contains:
        return False
    return any(not match["not"] for match in _contains(words, answers).finditer(text))
