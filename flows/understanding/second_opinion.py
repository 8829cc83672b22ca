"""A second opinion on danger: does it sound more like the examples of emergencies or like those of
ordinary talk, and which kind of danger? A linear model over characters, sounds, and which of the
emergency lexicon's groups of words meet."""

from collections.abc import Mapping
from itertools import combinations
from typing import NamedTuple

import numpy as np

from flows.lexicon import Lexicon
from flows.understanding.category import Learned
from flows.understanding.features import grams
from flows.understanding.gist import gist
from flows.understanding.linear import Linear, fit

CALM = ""
"""The kind of what is no danger; the last class."""
_GROUPS = 0.5
"""Weight of groups against characters and sounds. Without them 2 % more is missed at equally many
false alarms, at 1 no fewer."""
_SHORTEST = 6
"""Characters it takes to judge: shorter ones are answers (“刚才”, “一个人”), or a frame fits."""


class Opinion(NamedTuple):
    score: float
    """How far on the side of danger: about -2 (ordinary) to 2."""
    kind: str
    """The likeliest kind of danger."""
    harm: bool
    """A word of harm is there, not only who and where."""


class SecondOpinion:
    """Raises what no frame fits, and puts in doubt what only the frames take for danger."""

    def __init__(self, lexicon: Lexicon, learned: Learned) -> None:
        self._lexicon = lexicon
        self._kinds = tuple(lexicon.emergency_examples.present)
        self._groups = _Groups(lexicon.emergency.words)
        self._backdrop = frozenset(lexicon.emergency.backdrop)
        self._model = Linear(learned)

    def judge(self, text: str) -> Opinion | None:
        """`text` is normalised; None when it is too short to tell."""
        plain = gist(text, self._lexicon)
        if len(plain) < _SHORTEST:
            return None
        scores = self._model.scores(_features(plain, self._groups))
        kind = self._kinds[int(np.argmax(scores[:-1]))]
        harm = not self._backdrop.issuperset(self._groups.of(plain))
        return Opinion(-float(scores[-1]), kind, harm)


class _Groups:
    """The lexicon's groups by their words."""

    def __init__(self, words: Mapping[str, tuple[str, ...]]) -> None:
        self._groups: dict[str, list[str]] = {}
        for name, group in words.items():
            for word in group:
                self._groups.setdefault(word, []).append(name)
        self._longest = max(map(len, self._groups), default=0)

    def of(self, text: str) -> list[str]:
        found: set[str] = set()
        for start in range(len(text)):
            for end in range(start + 1, min(len(text), start + self._longest) + 1):
                found.update(self._groups.get(text[start:end], ()))
        return sorted(found)


def _features(text: str, groups: _Groups) -> dict[str, float]:
    features = dict.fromkeys(grams(text), 1.0)
    there = groups.of(text)
    features |= {f"<{group}>": _GROUPS for group in there}
    features |= {f"<{a}><{b}>": _GROUPS for a, b in combinations(there, 2)}
    return features


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
    groups = _Groups(lexicon.emergency.words)
    found = [_features(gist(text, lexicon), groups) for _, text in pairs]
    return fit(found, [kinds.index(kind) for kind, _ in pairs], len(kinds))
