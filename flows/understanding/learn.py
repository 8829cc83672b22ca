"""Learns the category model from the examples in the lexicon: some seconds of one core, the same
result to the byte each time."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from flows.lexicon import Lexicon
from flows.understanding.category import Learned
from flows.understanding.features import grams
from flows.understanding.gist import gist
from flows.understanding.svm import train
from flows.understanding.vectors import Vectoriser, inverse_frequency

_WORD = 0.3
"""What a strong word counts against a whole sentence."""
NOTHING = ""
"""Code of the examples that report nothing."""
Example = tuple[str, str]
"""Code, text."""


def examples(lexicon: Lexicon) -> Iterator[Example]:
    """Everything people wrote to learn from."""
    for code, words in lexicon.categories.items():
        for text in (*words.examples, *words.tickets):
            yield code, text
    for text in lexicon.nothing:
        yield NOTHING, text


def learn(lexicon: Lexicon, shown: Sequence[Example] | None = None) -> Learned:
    """shown: what to learn from instead of all examples, as benchmarks do. The lexicon's strong
    words count as examples of their own."""
    codes = (*lexicon.categories, NOTHING)
    words = [(code, word) for code, kind in lexicon.categories.items() for word in kind.strong]
    pairs = [*(examples(lexicon) if shown is None else shown), *words]
    texts = [gist(text, lexicon) for _, text in pairs]
    known, idf = inverse_frequency([grams(text) for text in texts])
    vectoriser = Vectoriser(lexicon, known, idf)
    weights = train(
        [vectoriser.row(text) for text in texts],
        [codes.index(code) for code, _ in pairs],
        vectoriser.size,
        len(codes),
        costs=[1.0] * (len(pairs) - len(words)) + [_WORD] * len(words),
        apart=codes.index(NOTHING),
    )
    return quantised(known, idf, weights)


def quantised(
    known: tuple[str, ...], idf: NDArray[np.float32], weights: NDArray[np.float64]
) -> Learned:
    """Weights to a byte each, by column."""
    scale = np.abs(weights).max(axis=0) / 127
    return Learned(
        grams=known,
        idf=idf,
        weights=np.rint(weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
    )
