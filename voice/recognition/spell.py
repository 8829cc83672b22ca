"""Phrases in the words a recogniser knows: what lies outside its word list is spelt in pieces."""

import logging
from collections.abc import Callable, Iterable
from functools import lru_cache

from pypinyin.constants import PINYIN_DICT

log = logging.getLogger(__name__)

_LONGEST = 6
"""Characters of the longest word looked for."""
_ALIKE = 24
"""Characters of the same sound that are tried."""


class Speller:
    """`knows` says whether a word is in the recogniser's list. Not thread-safe."""

    def __init__(self, knows: Callable[[str], bool]) -> None:
        self._knows = lru_cache(maxsize=65536)(knows)
        self._missing: set[str] = set()
        self.written: dict[str, str] = {}
        """What was written for a character that was spelt by its sound."""

    def spell(self, phrases: Iterable[str]) -> list[str]:
        """Each phrase as known words with spaces between, in as few as possible.

        A character outside the list is replaced by a known one of the same sound and tone. What
        cannot be spelt is left out, and said so once in the log.
        """
        spelt = {phrase: self._pieces(phrase) for phrase in dict.fromkeys(phrases)}
        missing = {phrase for phrase, pieces in spelt.items() if not pieces} - self._missing
        if missing:
            self._missing |= missing
            log.warning("识别模型拼不出这些词，提示识别时不用它们：%s", "、".join(sorted(missing)))
        return [" ".join(pieces) for pieces in spelt.values() if pieces]

    def _pieces(self, phrase: str) -> tuple[str, ...]:
        """Empty when it cannot be spelt."""
        text = "".join(phrase.split())
        best: list[tuple[str, ...] | None] = [()]
        for end in range(1, len(text) + 1):
            found: tuple[str, ...] | None = None
            for start in range(max(0, end - _LONGEST), end):
                before, word = best[start], self._word(text[start:end])
                if before is not None and word and (not found or len(before) + 1 < len(found)):
                    found = (*before, word)
            best.append(found)
        return best[-1] or ()

    def _word(self, text: str) -> str:
        if self._knows(text):
            return text
        if len(text) > 1:
            return ""
        alike = next((char for char in _alike(text) if self._knows(char)), "")
        if alike:
            self.written[alike] = text
        return alike


def _alike(char: str) -> list[str]:
    return _of_sound().get(_sound(ord(char)), [])[:_ALIKE]


def _sound(code: int) -> str:
    """The most usual reading, with its tone; empty when there is none."""
    return str(PINYIN_DICT.get(code, "")).split(",")[0]


@lru_cache(maxsize=1)
def _of_sound() -> dict[str, list[str]]:
    """The characters from U+4E00 to U+9FA5 by their sound."""
    found: dict[str, list[str]] = {}
    for code in range(0x4E00, 0x9FA6):
        if sound := _sound(code):
            found.setdefault(sound, []).append(chr(code))
    return found
