"""A linear model over sets of features: tf-idf at unit length, and a constant."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from flows.understanding.category import Learned
from flows.understanding.learn import quantised
from flows.understanding.svm import Row, train
from flows.understanding.vectors import inverse_frequency

_BIAS = 0.3
Features = Mapping[str, float]
"""Each with its weight beside rarity."""


class Linear:
    def __init__(self, learned: Learned) -> None:
        self._rows = _Rows(learned.grams, learned.idf)
        self._weights = learned.weights
        self._scale = learned.scale

    def scores(self, features: Features) -> NDArray[np.float64]:
        """The margin of each class."""
        which, values = self._rows.row(features)
        scores: NDArray[np.float64] = values @ self._weights[which] * self._scale
        return scores


def fit(
    found: Sequence[Features],
    labels: Sequence[int],
    classes: int,
    costs: Sequence[float] | None = None,
) -> Learned:
    """costs: how dear each example is on the wrong side."""
    known, idf = inverse_frequency(found)
    rows = _Rows(known, idf)
    weights = train([rows.row(one) for one in found], labels, len(known) + 1, classes, costs)
    return quantised(known, idf, weights)


class _Rows:
    def __init__(self, known: tuple[str, ...], idf: NDArray[np.float32]) -> None:
        rarity = idf.tolist()
        self._index = {one: (at, rarity[at]) for at, one in enumerate(known)}
        self._rarest = max(rarity, default=1.0)

    def row(self, features: Features) -> Row:
        index = self._index
        found = sorted(
            (index[one][0], index[one][1] * weight)
            for one, weight in features.items()
            if one in index
        )
        # What was never seen says nothing, and makes the rest say less.
        unseen = (len(features) - len(found)) * self._rarest**2
        length = math.sqrt(sum(weight * weight for _, weight in found) + unseen) or 1.0
        which = [at for at, _ in found] + [len(index)]
        values = [weight / length for _, weight in found] + [_BIAS]
        return np.array(which, dtype=np.int64), np.array(values)
