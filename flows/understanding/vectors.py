"""Texts to sparse rows of numbers."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from flows.lexicon import Lexicon
from flows.understanding.features import WordFinder, grams
from flows.understanding.svm import Row

_LEXICON = 0.05
"""Weight of a lexicon hit against the unit-length n-gram part. The examples' authors know the
lexicon, residents do not: at 0.5 texts of another author fell from .93 to .88."""
_BIAS = 0.3


class Vectoriser:
    """A row holds tf-idf of the known n-grams at unit length, the lexicon's hits by category, and
    a constant."""

    def __init__(self, lexicon: Lexicon, known: Sequence[str], idf: NDArray[np.float32]) -> None:
        self._index = {gram: at for at, gram in enumerate(known)}
        self._idf = idf
        self._words = WordFinder(lexicon.categories)
        self._codes = {code: len(known) + at for at, code in enumerate(lexicon.categories)}
        self.size = len(known) + len(self._codes) + 1

    def knows(self, text: str) -> bool:
        """Whether a strong word stands in it."""
        return self._words.strong(text)

    def row(self, text: str) -> Row:
        """`text` is a gist."""
        index, idf = self._index, self._idf
        found = [(index[gram], n) for gram, n in grams(text).items() if gram in index]
        weights = [(1 + math.log(n)) * float(idf[at]) for at, n in found]
        length = math.sqrt(sum(weight * weight for weight in weights)) or 1.0
        hits = self._words.hits(text)
        which = [at for at, _ in found] + [self._codes[code] for code in hits] + [self.size - 1]
        values = [weight / length for weight in weights]
        values += [_LEXICON * hit for hit in hits.values()] + [_BIAS]
        return np.array(which, dtype=np.int64), np.array(values)


def inverse_frequency(
    texts: Sequence[Iterable[str]],
) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """The features at least two of the texts have, sorted, and how rare each is."""
    counted = Counter(feature for text in texts for feature in set(text))
    kept = tuple(sorted(feature for feature, n in counted.items() if n > 1))
    rare = [math.log((1 + len(texts)) / (1 + counted[feature])) + 1 for feature in kept]
    return kept, np.array(rare, dtype=np.float32)
