"""What the category model sees of a text: characters, sounds, and words of the lexicon."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

from flows.lexicon import CategoryWords
from flows.understanding.normalise import syllables

_STRONG, _STRONG_BY_SOUND, _WEAK = 1.0, 0.5, 0.24


def grams(text: str) -> Counter[str]:
    """Character 1-3-grams, and toneless pinyin 1-2-grams marked with `~`.

    >>> sorted(grams("灯亮"))
    ['~deng', '~deng~liang', '~liang', '亮', '灯', '灯亮']
    """
    found = Counter(text[at : at + n] for n in (1, 2, 3) for at in range(len(text) - n + 1))
    sounds = syllables(text)
    found.update(f"~{sound}" for sound in sounds)
    found.update(f"~{a}~{b}" for a, b in pairwise(sounds))
    return found


class WordFinder:
    """The lexicon's words, looked for by character and the long strong ones also by sound."""

    def __init__(self, categories: Mapping[str, CategoryWords]) -> None:
        self._by_word: dict[str, dict[str, float]] = {}
        self._by_sound: dict[str, set[str]] = {}
        for code, words in categories.items():
            for word in words.weak:
                self._by_word.setdefault(word, {})[code] = _WEAK
            for word in words.strong:
                self._by_word.setdefault(word, {})[code] = _STRONG
                if len(word) > 1:
                    self._by_sound.setdefault("'".join(syllables(word)), set()).add(code)
        self._word = _overlapping(self._by_word)
        self._sound = _overlapping(self._by_sound, "(?:^|(?<='))", "(?='|$)")

    def strong(self, text: str) -> bool:
        """Whether a strong word of any category stands in the text as it is written."""
        found = (self._by_word[match[1]] for match in self._word.finditer(text))
        return any(_STRONG in weights.values() for weights in found)

    def hits(self, text: str) -> dict[str, float]:
        """How much the words in a normalised text speak for each category: about 1 for a strong
        word; a second word of the same kind says less than the first."""
        found: dict[str, float] = defaultdict(float)
        for word in {match[1] for match in self._word.finditer(text)}:
            for code, weight in self._by_word[word].items():
                found[code] += weight
        sound = "'".join(syllables(text))
        for word in {match[1] for match in self._sound.finditer(sound)}:
            for code in self._by_sound[word]:
                if found[code] < _STRONG:
                    found[code] += _STRONG_BY_SOUND
        return {code: weight**0.5 for code, weight in found.items() if weight}


def _overlapping(words: Iterable[str], before: str = "", after: str = "") -> re.Pattern[str]:
    longest = sorted(words, key=len, reverse=True)
    return re.compile(f"{before}(?=({'|'.join(map(re.escape, longest))}){after})")
