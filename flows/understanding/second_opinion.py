"""A second opinion on danger: does it sound more like the examples of emergencies or like those of
ordinary talk? Naive Bayes over characters, sounds, and which of the emergency lexicon's groups of
words meet. It only ever raises: “no danger” to a question or, when it is very sure,
to an alarm."""

import math
from collections import Counter
from functools import lru_cache
from itertools import combinations, pairwise

from flows.lexicon import Lexicon
from flows.understanding.normalise import normalise, syllables

_SMOOTHING = 0.5
_LENGTH = 0.8
"""Power of the number of features a sum is divided by; .5 and 1 told long texts apart worse."""
_GRAM = 3
"""Characters of the longest stretch that counts by itself."""
ASK_FROM, ALARM_FROM = 0.9, 1.9
"""Of two halves of the examples, each scored by the other: from the first on 8 % of what is
ordinary (near misses among it), 70 % of what is said in danger; from the second on 0.4 %, 19 %."""
_SHORTEST = 6
"""Characters it takes to judge: shorter ones are answers (“刚才”, “一个人”), or a frame fits."""


class _Opinion:
    def __init__(self, lexicon: Lexicon) -> None:
        groups: dict[str, list[str]] = {}
        for name, words in lexicon.emergency.words.items():
            for word in words:
                groups.setdefault(word, []).append(name)
        self._groups = groups
        self._longest = max(_GRAM, *map(len, groups))
        examples, stop = lexicon.emergency_examples, lexicon.answers.full_stop
        danger = [text for texts in examples.present.values() for text in texts]
        calm = [text for texts in examples.calm.values() for text in texts]
        calm += [text for words in lexicon.categories.values() for text in words.examples]
        count, count_calm = self._count(danger, stop), self._count(calm, stop)
        self._weights = {
            feature: _log_share(count[feature], len(danger))
            - _log_share(count_calm[feature], len(calm))
            for feature in count.keys() | count_calm.keys()
            if count[feature] + count_calm[feature] > 1
        }

    def _count(self, texts: list[str], stop: str) -> Counter[str]:
        return Counter(f for text in texts for f in self._features(normalise(text, stop)))

    def _features(self, text: str) -> set[str]:
        stretches = {
            text[at : at + n]
            for n in range(1, self._longest + 1)
            for at in range(len(text) - n + 1)
        }
        found = {stretch for stretch in stretches if len(stretch) <= _GRAM}
        sounds = syllables(text)
        found |= {f"~{sound}" for sound in sounds}
        found |= {f"~{a}~{b}" for a, b in pairwise(sounds)}
        words = stretches & self._groups.keys()
        groups = {group for word in words for group in self._groups[word]}
        found |= {f"<{group}>" for group in groups}
        found |= {f"<{a}><{b}>" for a, b in combinations(sorted(groups), 2)}
        return found

    def score(self, text: str) -> float:
        features = self._features(text)
        total = sum(self._weights.get(feature, 0.0) for feature in sorted(features))
        return total / len(features) ** _LENGTH if features else 0.0


def _log_share(count: int, texts: int) -> float:
    return math.log((count + _SMOOTHING) / (texts + 2 * _SMOOTHING))


@lru_cache(maxsize=8)
def _opinion(lexicon: Lexicon) -> _Opinion:
    return _Opinion(lexicon)


def how_dangerous(text: str, lexicon: Lexicon) -> float:
    """From about -3 (ordinary) to 3 (danger); 0 of what is too short. `text` is normalised."""
    opinion = _opinion(lexicon)
    return opinion.score(text) if len(text) >= _SHORTEST else 0.0
