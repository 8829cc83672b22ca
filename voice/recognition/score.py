"""How much of what was said was not heard: edits by characters, and by syllables without tones."""

from dataclasses import dataclass

from pypinyin import lazy_pinyin
from rapidfuzz.distance import Levenshtein


@dataclass(frozen=True, slots=True)
class Score:
    """Sums over any number of recordings. Add scores to sum them up."""

    length: int = 0
    """Characters that were said, marks left out; as many syllables."""
    characters: int = 0
    """Characters wrong, missing or added."""
    syllables: int = 0
    """The same of syllables: homophones count as heard, as the understanding takes them."""

    def __add__(self, other: "Score") -> "Score":
        return Score(
            self.length + other.length,
            self.characters + other.characters,
            self.syllables + other.syllables,
        )


def score(said: str, heard: str) -> Score:
    """One recording. Figures must have been spelt as they are said.

    >>> score("灯坏了。", "等坏")
    Score(length=3, characters=2, syllables=1)
    >>> score("三幢", "三撞")
    Score(length=2, characters=1, syllables=0)
    """
    truth, found = _plain(said), _plain(heard)
    return Score(
        length=len(truth),
        characters=Levenshtein.distance(truth, found),
        syllables=Levenshtein.distance(_syllables(truth), _syllables(found)),
    )


def _plain(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


def _syllables(text: str) -> list[str]:
    # 幢 is said zhuàng; pypinyin says chuáng, which is a bed's curtain.
    return lazy_pinyin(text.replace("幢", "撞"))
