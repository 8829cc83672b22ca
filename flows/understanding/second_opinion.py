"""A second opinion on danger: does it sound more like the examples of emergencies or like those of
ordinary talk, and which kind of danger? A linear model over characters, sounds, and which of the
emergency lexicon's groups of words meet."""

import math
from collections.abc import Mapping
from itertools import combinations
from typing import NamedTuple

import numpy as np

from flows.lexicon import Lexicon
from flows.understanding.category import Learned
from flows.understanding.features import grams
from flows.understanding.gist import gist
from flows.understanding.learn import quantised
from flows.understanding.svm import Row, train
from flows.understanding.vectors import inverse_frequency

CALM = ""
"""The kind of what is no danger; the last column."""
_GROUPS = 0.5
"""Weight of groups against characters and sounds. Without them 2 % more is missed at equally many
false alarms, at 1 no fewer."""
_BIAS = 0.3
_SHORTEST = 6
"""Characters it takes to judge: shorter ones are answers (“刚才”, “一个人”), or a frame fits."""


class Opinion(NamedTuple):
    score: float
    """How far on the side of danger: about -2 (ordinary) to 2."""
    kind: str
    """The likeliest kind of danger."""


class SecondOpinion:
    """Raises what no frame fits, and puts in doubt what only the frames take for danger."""

    def __init__(self, lexicon: Lexicon, learned: Learned) -> None:
        self._lexicon = lexicon
        self._kinds = tuple(lexicon.emergency_examples.present)
        self._rows = _Rows(lexicon.emergency.words, learned.grams, learned.idf.tolist())
        self._weights = learned.weights
        self._scale = learned.scale

    def judge(self, text: str) -> Opinion | None:
        """`text` is normalised; None when it is too short to tell."""
        plain = gist(text, self._lexicon)
        if len(plain) < _SHORTEST:
            return None
        which, values = self._rows.row(self._rows.features(plain))
        scores = values @ self._weights[which] * self._scale
        return Opinion(-float(scores[-1]), self._kinds[int(np.argmax(scores[:-1]))])


class _Rows:
    """Texts to sparse rows: tf-idf at unit length, and a constant."""

    def __init__(
        self,
        words: Mapping[str, tuple[str, ...]],
        known: tuple[str, ...] = (),
        idf: list[float] | None = None,
    ) -> None:
        self._groups: dict[str, list[str]] = {}
        for name, group in words.items():
            for word in group:
                self._groups.setdefault(word, []).append(name)
        self._longest = max(map(len, self._groups), default=0)
        weights = zip(known, idf or (), strict=True)
        self._index = {
            feature: (at, weight * (_GROUPS if feature.startswith("<") else 1.0))
            for at, (feature, weight) in enumerate(weights)
        }
        self._rarest = max(idf or (0.0,))
        self.size = len(known) + 1

    def features(self, text: str) -> set[str]:
        found = set(grams(text))
        groups: set[str] = set()
        for start in range(len(text)):
            for end in range(start + 1, min(len(text), start + self._longest) + 1):
                groups.update(self._groups.get(text[start:end], ()))
        found.update(f"<{group}>" for group in groups)
        found.update(f"<{a}><{b}>" for a, b in combinations(sorted(groups), 2))
        return found

    def row(self, features: set[str]) -> Row:
        found = sorted(self._index[one] for one in features if one in self._index)
        # What was never seen says nothing, and makes the rest say less.
        unseen = (len(features) - len(found)) * self._rarest**2
        length = math.sqrt(sum(weight * weight for _, weight in found) + unseen) or 1.0
        which = [at for at, _ in found] + [self.size - 1]
        values = [weight / length for _, weight in found] + [_BIAS]
        return np.array(which, dtype=np.int64), np.array(values)


Example = tuple[str, str]
"""Kind (`CALM` for no danger), text."""


def examples(lexicon: Lexicon) -> list[Example]:
    """Everything to learn from."""
    dangers = lexicon.emergency_examples.present.items()
    pairs = [(kind, text) for kind, texts in dangers for text in texts]
    calm = [text for texts in lexicon.emergency_examples.calm.values() for text in texts]
    calm += [text for words in lexicon.categories.values() for text in words.examples]
    return pairs + [(CALM, text) for text in (*calm, *lexicon.nothing)]


def learn_dangers(lexicon: Lexicon, shown: list[Example] | None = None) -> Learned:
    """shown: what to learn from instead of all examples."""
    kinds = (*lexicon.emergency_examples.present, CALM)
    pairs = examples(lexicon) if shown is None else shown
    words = lexicon.emergency.words
    plain = _Rows(words)
    found = [plain.features(gist(text, lexicon)) for _, text in pairs]
    known, idf = inverse_frequency(found)
    rows = _Rows(words, known, idf.tolist())
    weights = train(
        [rows.row(features) for features in found],
        [kinds.index(kind) for kind, _ in pairs],
        rows.size,
        len(kinds),
    )
    return quantised(known, idf, weights)
