"""Two problems in one breath (“灯坏了还有楼道里堆了好多纸板”): where the second begins."""

import re
from typing import NamedTuple

from flows.lexicon import Lexicon
from flows.understanding.category import CategoryModel
from flows.understanding.phrases import pattern

_SHORTEST = 3
_SURE = 0.5
"""Both halves must clearly be a problem, and not the same one."""


class Matters(NamedTuple):
    first: str
    also: str
    """The second, in the resident's words; empty when there is but one."""


def split_matters(text: str, lexicon: Lexicon, model: CategoryModel) -> Matters:
    """`text` is normalised."""
    stop = lexicon.answers.full_stop
    for link in re.finditer(pattern(lexicon.answers.besides), text):
        first, also = text[: link.start()].strip(stop), text[link.end() :].strip(stop)
        if len(first) < _SHORTEST or len(also) < _SHORTEST:
            continue
        one, other = model.classify(first), model.classify(also)
        if (
            one
            and other
            and one.code != other.code
            and min(one.confidence, other.confidence) >= _SURE
        ):
            return Matters(first, also)
    return Matters(text, "")
