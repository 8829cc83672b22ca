"""A linear classifier from labelled texts, small enough to read.

One-against-the-rest support vector machines with squared hinge loss, by dual coordinate descent
(Hsieh et al., ICML 2008), all classes at once. Rows are visited in a fixed order: no chance.
"""

from collections.abc import Sequence
from math import gcd

import numpy as np
from numpy.typing import NDArray

Row = tuple[NDArray[np.int64], NDArray[np.float64]]
"""A sparse row: which features, each once, and their values."""
_COST = 3.0
_APART = 0.3
"""How much less. Of 0, 0.03, 0.1, 0.3 and 1 the most that cost no accuracy elsewhere."""


def train(
    rows: Sequence[Row],
    labels: Sequence[int],
    features: int,
    classes: int,
    costs: Sequence[float] | None = None,
    apart: int | None = None,
    rounds: int = 10,
) -> NDArray[np.float64]:
    """Weights, `features` x `classes`.

    costs: how dear each row is on the wrong side. apart: a class whose rows count less in the
    other classes.
    """
    weights = np.zeros((features, classes))
    targets = np.full((len(rows), classes), -1.0)
    targets[np.arange(len(rows)), labels] = 1.0
    dear = np.ones(len(rows)) if costs is None else np.array(costs)
    slack = np.repeat(0.5 / (_COST * dear), classes).reshape(len(rows), classes)
    if apart is not None:
        others = np.arange(classes) != apart
        slack[np.ix_(np.array(labels) == apart, others)] /= _APART
    duals = np.zeros((len(rows), classes))
    steep = slack + np.array([values @ values for _, values in rows])[:, None]
    for at in _order(len(rows)) * rounds:
        which, values = rows[at]
        local = weights[which]
        gradient = targets[at] * (values @ local) - 1.0 + duals[at] * slack[at]
        moved = np.maximum(duals[at] - gradient / steep[at], 0.0)
        weights[which] = local + values[:, None] * ((moved - duals[at]) * targets[at])
        duals[at] = moved
    return weights


def _order(count: int) -> list[int]:
    """All of 0…count-1, neighbours far apart: examples of one kind stand together in the files."""
    step = max(1, int(count * 0.618))
    while gcd(step, count) > 1:
        step += 1
    return [at * step % count for at in range(count)]
