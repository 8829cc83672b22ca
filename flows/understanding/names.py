"""Names of estates, houses and landmarks in what was said, exact or misheard.

An inverted index over pairs of accent-merged syllables picks candidates; weighted syllables are
aligned for all candidates at once; the best is `length − 1.5·cost` (facts of the project)."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from flows.lexicon import NumberWords, PlaceWords
from flows.understanding.normalise import syllable, syllables
from flows.understanding.numbers import in_words
from flows.understanding.sounds import APART, apart, merge

Floats: TypeAlias = NDArray[np.float32]
Array: TypeAlias = NDArray[np.intp]

GAP = 0.8
"""Cost of a syllable left out or put in."""
SURE, DOUBTFUL = 0.20, 0.30
"""Cost per syllable: below the first a name is taken, below the second it is asked about."""
_TWO = 0.11
"""Two syllables by sound alone meet too much by chance: only an accent apart."""
_CANDIDATES = 400
_EXAMINED, _HITS = 24, 4


class Hit(NamedTuple):
    """A name found: the places that bear it, which one it is, where it stands, how well it fits."""

    ids: tuple[str, ...]
    name: str
    start: int
    end: int
    cost: float
    """Per syllable; 0 is exact by sound."""
    exact: bool
    """By its characters."""
    score: float


class NameIndex:
    """Names to ids of places. Building it takes about 50 µs a name."""

    def __init__(
        self, names: Mapping[str, tuple[str, ...]], words: PlaceWords, numbers: NumberWords
    ) -> None:
        self._words = words
        self._names: list[str] = []
        self._ids: list[tuple[str, ...]] = []
        # A character that tells neighbours apart (东门, 西门) is a syllable of its own.
        contrast = {char: set(group) - {char} for group in words.contrast for char in group}
        self._others = {char: set(map(syllable, others)) for char, others in contrast.items()}
        self._sounds: dict[tuple[str, str], int] = {}
        rows: list[list[int]] = []
        for name, ids in names.items():
            for form in dict.fromkeys((name, in_words(name, numbers))):
                sounds = syllables(form)
                if len(sounds) < 2:
                    continue
                self._names.append(form)
                self._ids.append(ids)
                keys = zip(sounds, (c if c in contrast else "" for c in form), strict=True)
                rows.append([self._sounds.setdefault(key, len(self._sounds)) for key in keys])
        self._length = np.array([len(row) for row in rows], dtype=np.intp)
        width = int(self._length.max(initial=2))
        self._rows = np.full((len(rows), width), -1, dtype=np.intp)
        for at, row in enumerate(rows):
            self._rows[at, : len(row)] = row
        self._costs: dict[str, Floats] = {}
        self._index()

    def _index(self) -> None:
        """Postings of every pair of syllables one or two apart, sorted by pair."""
        merged: dict[str, int] = {}
        fold = [merged.setdefault(merge(s, self._words), len(merged)) for s, _ in self._sounds]
        self._merged = merged
        rows = np.array([*fold, -1], dtype=np.int64)[self._rows]
        codes, names = [], []
        for step in (1, 2):
            first, second = rows[:, :-step], rows[:, step:]
            at, column = np.nonzero((first >= 0) & (second >= 0))
            codes.append(first[at, column] * len(merged) + second[at, column])
            names.append(at)
        code, name = np.concatenate(codes), np.concatenate(names).astype(np.int32)
        order = np.argsort(code, kind="stable")
        self._posted = name[order]
        self._pairs, self._starts = np.unique(code[order], return_index=True)
        self._ends = np.append(self._starts[1:], len(order))

    def find(self, text: str) -> list[Hit]:
        """Names in normalised `text`, best first, none overlapping a better one."""
        sounds = syllables(text)
        chosen = self._candidates(sounds) if self._names else np.array([], dtype=np.intp)
        if not len(chosen):
            return []
        rows, length = self._rows[chosen], self._length[chosen]
        costs, ends = _align(self._against(sounds), rows, length)
        taken: list[Hit] = []
        for score, at, each, end in self._ranked(text, chosen, costs, ends):
            name = self._names[at]
            exact = each == 0 and text.find(name) >= 0
            if exact:
                start = text.find(name)
                end = start + len(name)
            else:
                start = end - self._reach(sounds[:end], at)
            if all(end <= other.start or start >= other.end for other in taken):
                taken.append(Hit(self._ids[at], name, start, end, each, exact, score))
            if len(taken) == _HITS:
                break
        return taken

    def _ranked(
        self, text: str, chosen: Array, costs: Floats, ends: Array
    ) -> list[tuple[float, int, float, int]]:
        """Score, name, cost per syllable and end of what fits well enough, best first."""
        found: list[tuple[float, int, float, int]] = []
        for at, cost, end in zip(chosen.tolist(), costs.tolist(), ends.tolist(), strict=True):
            length = len(self._names[at])
            if cost > length * (_TWO if length == 2 else DOUBTFUL):
                continue
            exact = self._names[at] in text
            found.append(
                (length - 1.5 * cost + exact / 2, at, 0.0 if exact else cost / length, end)
            )
        return sorted(found, key=lambda one: -one[0])[:_EXAMINED]

    def _candidates(self, sounds: tuple[str, ...]) -> Array:
        """Names that share pairs with the text, those with the rarer ones first."""
        folded = [self._merged.get(merge(sound, self._words), -1) for sound in sounds]
        codes = sorted(
            {
                a * len(self._merged) + b
                for step in (1, 2)
                for a, b in zip(folded, folded[step:], strict=False)
                if a >= 0 and b >= 0
            }
        )
        total = len(self._names)
        weight = np.zeros(total, dtype=np.float32)
        for code, at in zip(codes, np.searchsorted(self._pairs, codes).tolist(), strict=True):
            if at < len(self._pairs) and self._pairs[at] == code:
                posted = self._posted[self._starts[at] : self._ends[at]]
                weight[posted] += 1 + np.log(total / len(posted))
        found = np.flatnonzero(weight)
        if len(found) > _CANDIDATES:
            # Long names hold more pairs: compared by what of them was met.
            met = weight[found] / np.sqrt(self._length[found])
            found = np.sort(found[np.argpartition(-met, _CANDIDATES)[:_CANDIDATES]])
        return found

    def _against(self, sounds: Sequence[str]) -> Floats:
        """Costs of every syllable heard against every syllable there is in names."""
        for sound in {*sounds} - self._costs.keys():
            self._costs[sound] = np.array(
                [
                    3 * APART
                    if sound != own and sound in self._others.get(char, ())
                    else apart(own, sound, self._words)
                    for own, char in self._sounds
                ],
                dtype=np.float32,
            )
        return np.stack([self._costs[sound] for sound in sounds])

    def _reach(self, sounds: Sequence[str], at: int) -> int:
        """How many syllables back from the end of `sounds` the name begins."""
        length = self._length[at : at + 1]
        backwards = self._rows[at : at + 1, : length[0]][:, ::-1]
        _, ends = _align(self._against(sounds[::-1]), backwards, length, anchored=True)
        return int(ends[0])


def _align(
    costs: Floats, rows: Array, length: Array, anchored: bool = False
) -> tuple[Floats, Array]:
    """Least cost of finding each name of `rows` anywhere in the text (anchored: from its start),
    and where it ends. costs: syllables heard × syllables of names."""
    gaps = GAP * np.arange(len(costs) + 1, dtype=np.float32)
    line = np.zeros((len(rows), len(costs) + 1), dtype=np.float32) + (gaps if anchored else 0)
    best = np.zeros(len(rows), dtype=np.float32)
    ends = np.zeros(len(rows), dtype=np.intp)
    for row in range(int(length.max())):
        after = line + GAP
        np.minimum(after[:, 1:], line[:, :-1] + costs[:, rows[:, row]].T, out=after[:, 1:])
        line = np.minimum.accumulate(after - gaps, axis=1) + gaps
        done = length == row + 1
        best[done], ends[done] = line[done].min(axis=1), line[done].argmin(axis=1)
    return best, ends
