"""Which of the 28 kinds of problem.

A linear model over characters, toneless pinyin and the lexicon's words: pinyin makes it robust to
homophones. It is learned from the examples people wrote (`learn`), and kept in a file beside them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flows.lexicon import Lexicon
from flows.report import Category
from flows.understanding.gist import gist
from flows.understanding.vectors import Vectoriser

SHARPNESS = 6.0
"""Turns the margins into probabilities. In cross-validation, where every second example stands on
a border, 5 has the least calibration error; on easier examples of another author 8."""
_SILENT, _NOTHING = -0.7, 0.1
"""Nothing is reported when no category's margin reaches the first, or “no report” leads by the
second. Stricter loses reports, laxer finds kinds in mere answers; both are few here."""


@dataclass(frozen=True)
class Learned:
    """What `learn` found; plain arrays, to be stored."""

    grams: tuple[str, ...]
    idf: NDArray[np.float32]
    weights: NDArray[np.int8]
    """Features x (categories and, last, “no report at all”)."""
    scale: NDArray[np.float32]
    """What one step of the weights is worth, by column."""


class CategoryModel:
    def __init__(self, lexicon: Lexicon, learned: Learned) -> None:
        self._codes = tuple(lexicon.categories)
        self._lexicon = lexicon
        self._vectoriser = Vectoriser(lexicon, learned.grams, learned.idf)
        self._weights = learned.weights
        self._scale = learned.scale

    def classify(self, text: str) -> Category | None:
        """The likeliest kinds; None when the text speaks of no problem at all."""
        plain = gist(text, self._lexicon)
        scores = self.scores(plain)
        best = np.argsort(-scores[:-1], kind="stable")[:3]
        if scores[best[0]] < max(scores[-1] - _NOTHING, _SILENT) and not self._vectoriser.knows(
            plain
        ):
            return None
        odds = _odds(scores)
        return Category(
            code=self._codes[int(best[0])],
            confidence=round(float(odds[best[0]]), 3),
            top=tuple(self._codes[int(at)] for at in best),
        )

    def scores(self, plain: str) -> NDArray[np.float64]:
        """The margin of each category in the lexicon's order, and last of no report at all.
        `plain` is a gist."""
        which, values = self._vectoriser.row(plain)
        scores: NDArray[np.float64] = values @ self._weights[which] * self._scale
        return scores


def _odds(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities of the margins."""
    odds: NDArray[np.float64] = np.exp(SHARPNESS * (scores - scores.max()))
    odds /= odds.sum()
    return odds
