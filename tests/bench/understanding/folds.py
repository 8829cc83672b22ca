"""Splits by phrasing: what is said alike stays on one side."""

from collections import Counter, defaultdict
from collections.abc import Sequence

_ALIKE = 0.4
"""Jaccard similarity of the character pairs from which two texts are one phrasing."""


def folds(texts: Sequence[str], count: int) -> list[int]:
    """The fold of each text. Texts that are alike, also by way of others, share one.

    >>> one, other, far = folds(["楼道里的灯不亮了", "楼道里的灯不亮", "物业不来修"], 3)
    >>> one == other
    True
    """
    pairs = [{text[at : at + 2] for at in range(len(text) - 1)} for text in texts]
    leader = list(range(len(texts)))

    def lead(at: int) -> int:
        while leader[at] != at:
            leader[at] = at = leader[leader[at]]
        return at

    having: dict[str, list[int]] = defaultdict(list)
    for at, mine in enumerate(pairs):
        shared = Counter(other for pair in sorted(mine) for other in having[pair])
        for other, both in shared.items():
            if both > _ALIKE * len(mine | pairs[other]):
                leader[lead(at)] = lead(other)
        for pair in mine:
            having[pair].append(at)
    numbers = {group: at for at, group in enumerate(sorted({lead(at) for at in leader}))}
    # A step coprime to any small count spreads neighbours, which are of one category.
    return [numbers[lead(at)] * 7919 % count for at in range(len(texts))]
