"""Names of estates, houses and landmarks in what was said, exact or misheard.

An inverted index over pairs of accent-merged syllables picks candidates; weighted syllables are
aligned for all candidates at once; the best is `length − 1.5·cost` (facts of the project)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import log
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from flows.lexicon import NumberWords, PlaceWords
from flows.understanding.normalise import syllable, syllables
from flows.understanding.numbers import in_words
from flows.understanding.sounds import ACCENT, APART, apart, merge

Floats: TypeAlias = NDArray[np.float32]
Array: TypeAlias = NDArray[np.intp]

GAP = 0.8
"""Cost of a syllable left out or put in."""
SURE, DOUBTFUL = 0.13, 0.30
"""Cost per syllable: below the first a name is taken, below the second it is asked about."""
_NEVER = 9.0
"""Cost of one gate for its sibling."""
_CLOSE = 0.25
"""Scores this near each other leave it open which name was meant."""
_HALF = 0.45
"""Cost per syllable that neither half of a name may exceed."""
_TWO = 0.11
"""Two syllables by sound alone meet too much by chance: only an accent apart."""
_CANDIDATES = 400
_EXAMINED, _HITS = 24, 4
_PART = 6
"""Longest beginning or end that is looked at."""
_SHARED = 3
"""Names from which on a beginning or end is one of a kind (“…新村”)."""


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
        self._gaps = np.array([3 * GAP if char else GAP for _, char in self._sounds], np.float32)
        self._weights, self._own = self._weigh(width)
        self._costs: dict[str, Floats] = {}
        self._index()

    def _weigh(self, width: int) -> tuple[Floats, Floats]:
        """What each syllable tells: the beginnings and ends that many names share tell less. And
        which syllables (1, else 0) are not of an end that many share.

        A shared part's share of `log(names / names that share it)`, a middle that is the name's
        own gets what is left; scaled to 1 a syllable on average.
        """
        heads, tails = Counter[str](), Counter[str]()
        for name in self._names:
            heads.update(name[:at] for at in range(2, min(len(name), _PART + 1)))
            tails.update(name[at:] for at in range(max(1, len(name) - _PART), len(name) - 1))
        weights = np.zeros((len(self._names), width), dtype=np.float32)
        own = np.ones((len(self._names), width), dtype=np.float32)
        whole = log(len(self._names) + 1)
        for row, name in enumerate(self._names):
            length = len(name)
            head = next((at for at in range(length - 1, 0, -1) if heads[name[:at]] >= _SHARED), 0)
            tail = next((at for at in range(1, length) if tails[name[at:]] >= _SHARED), length)
            kind = next((k for k in self._words.estate_kinds if name[2:].endswith(k)), "")
            tail = min(tail, length - len(kind))
            head = min(head, tail)
            told = np.ones(length, dtype=np.float32)
            parts = [(0, head, heads), (head, tail, None), (tail, length, tails)]
            for start, end, borne in parts:
                if end > start:
                    info = whole - log(max(borne[name[start:end]], 1)) if borne else whole
                    told[start:end] = max(info, 0.2 * whole) / (end - start)
            weights[row, :length] = told * length / told.sum()
            own[row, tail:] = tail == length
        return weights, own

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
        taken: list[Hit] = []
        for hit in self._hits(text, sounds, chosen):
            over = next((other for other in taken if _overlap(hit, other)), None)
            if over is None:
                taken.append(hit)
            elif not over.exact and over.score - hit.score < _CLOSE and over.ids != hit.ids:
                taken[taken.index(over)] = over._replace(cost=max(over.cost, DOUBTFUL))
        return taken[:_HITS]

    def _hits(self, text: str, sounds: Sequence[str], chosen: Array) -> Iterator[Hit]:
        """The names that fit well enough, best first."""
        costs, length = self._against(sounds), self._length[chosen]
        even = np.ones((1, self._rows.shape[1]), dtype=np.float32)
        least, _ = self._align(costs, chosen, even)
        exact = np.array([self._names[at] in text for at in chosen.tolist()])
        scores = np.where(exact, length + 0.5, length - 1.5 * least)
        order = np.argsort(-scores, kind="stable")[:_EXAMINED]
        chosen, scores = chosen[order], scores[order]
        own = self._own[chosen]
        parts = np.concatenate((self._weights[chosen], own, 1 - own))
        fits, ends = self._align(costs, np.tile(chosen, 3), parts)
        each, mine, shared = np.split(fits, 3)
        each /= self._length[chosen]
        # Neither what is a name's own nor what it shares may be missing.
        worst = np.maximum(mine / own.sum(1).clip(1), shared / (1 - own).sum(1).clip(1))
        for row, at in enumerate(chosen.tolist()):
            name, end = self._names[at], int(ends[row])
            if name in text:
                start = text.index(name)
                end, cost, is_exact = start + len(name), 0.0, True
            elif each[row] > (_TWO if len(name) == 2 else DOUBTFUL) or worst[row] > _HALF:
                continue
            else:
                heard = self._against(sounds[:end][::-1])
                start, cost, is_exact = end - self._reach(heard, at), float(each[row]), False
            yield Hit(self._ids[at], name, start, end, cost, is_exact, float(scores[row]))

    def _apart(self, own: str, char: str, sound: str) -> float:
        """Cost of a name's syllable against one heard; `char` when it tells neighbours apart."""
        if char and sound != own and sound in self._others[char]:
            return _NEVER
        cost = apart(own, sound, self._words)
        return 1.5 * APART if char and cost > ACCENT else cost

    def _reach(self, heard: Floats, at: int) -> int:
        """How many syllables back from its end the name begins. heard: its costs, backwards."""
        length = self._length[at : at + 1]
        rows = self._rows[at : at + 1, : length[0]][:, ::-1]
        weights = self._weights[at : at + 1, : length[0]][:, ::-1]
        return int(_align(heard, self._gaps, rows, length, weights, anchored=True)[1][0])

    def _align(self, costs: Floats, chosen: Array, weights: Floats) -> tuple[Floats, Array]:
        return _align(costs, self._gaps, self._rows[chosen], self._length[chosen], weights)

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
                [self._apart(own, char, sound) for own, char in self._sounds], np.float32
            )
        return np.stack([self._costs[sound] for sound in sounds])


def _overlap(one: Hit, other: Hit) -> bool:
    return one.start < other.end and other.start < one.end


def _align(
    costs: Floats,
    missing: Floats,
    rows: Array,
    length: Array,
    weights: Floats,
    anchored: bool = False,
) -> tuple[Floats, Array]:
    """Least cost of finding each name of `rows` anywhere in the text (anchored: from its start),
    and where it ends. costs: of syllables heard × those of names; missing: of each not heard."""
    gaps = GAP * np.arange(len(costs) + 1, dtype=np.float32)
    line = np.zeros((len(rows), len(costs) + 1), dtype=np.float32) + (gaps if anchored else 0)
    best = np.zeros(len(rows), dtype=np.float32)
    ends = np.zeros(len(rows), dtype=np.intp)
    for row in range(int(length.max())):
        weight = weights[:, row : row + 1]
        after = line + missing[rows[:, row]][:, None] * weight
        step = line[:, :-1] + costs[:, rows[:, row]].T * weight
        np.minimum(after[:, 1:], step, out=after[:, 1:])
        line = np.minimum.accumulate(after - gaps, axis=1) + gaps
        done = length == row + 1
        best[done], ends[done] = line[done].min(axis=1), line[done].argmin(axis=1)
    return best, ends
