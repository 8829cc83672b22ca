"""Names of estates, houses and landmarks, exact or misheard: weighted syllables are aligned, an
inverted index over accent-merged syllable pairs picks the candidates."""

from collections import defaultdict
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from flows.lexicon import PlaceWords
from flows.report import Place
from flows.understanding.normalise import syllables

if TYPE_CHECKING:
    from flows.gazetteer import Gazetteer

_ACCEPT, _ASK = 0.20, 0.30
"""Cost per syllable: below the first taken for sure (1 % wrong on 4,975 names with real recogniser
errors), below the second asked (facts of the project, “Place names”)."""
_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")


class _Index:
    def __init__(self, gazetteer: "Gazetteer") -> None:
        self.words = gazetteer.words
        self.names = [(name, place, syllables(name)) for name, place in gazetteer.names if name]
        self.pairs: dict[tuple[str, str], set[int]] = defaultdict(set)
        for at, (_, _, sounds) in enumerate(self.names):
            merged = [merge(sound, self.words) for sound in sounds]
            for pair in pairwise(merged):
                self.pairs[pair].add(at)


@lru_cache(maxsize=8)
def _index(gazetteer: "Gazetteer") -> _Index:
    return _Index(gazetteer)


def _split(sound: str) -> tuple[str, str]:
    initial = next((i for i in _INITIALS if sound.startswith(i)), "")
    return initial, sound[len(initial) :]


@lru_cache(maxsize=8192)
def merge(sound: str, words: PlaceWords) -> str:
    """The syllable with confusable initials and finals folded together."""
    initial, final = _split(sound)
    for a, b in words.confusable:
        initial = b if initial == a else initial
        final = b if final == a else final
    return initial + final


@lru_cache(maxsize=65536)
def _cost(a: str, b: str, words: PlaceWords) -> float:
    if a == b:
        return 0.0
    if merge(a, words) == merge(b, words):
        return 0.2
    (ai, af), (bi, bf) = _split(merge(a, words)), _split(merge(b, words))
    return 0.5 if ai == bi or af == bf else 1.0


def _align(name: tuple[str, ...], text: tuple[str, ...], words: PlaceWords) -> float:
    """Least cost of finding `name` anywhere in `text`."""
    above = [0.0] * (len(text) + 1)
    for row, sound in enumerate(name, 1):
        line = [float(row)]
        for column, heard in enumerate(text, 1):
            line.append(
                min(
                    above[column - 1] + _cost(sound, heard, words),
                    above[column] + 0.8,
                    line[column - 1] + 0.8,
                )
            )
        above = line
    return min(above)


def find_name(text: str, gazetteer: "Gazetteer") -> Place | None:
    """The place whose name or alias is in `text`, the most specific and longest first."""
    index = _index(gazetteer)
    exact = [(place, len(name)) for name, place, _ in index.names if name in text]
    if exact:
        place, _ = max(exact, key=lambda found: ("/" in (found[0].id or ""), found[1]))
        return place.model_copy(update={"confidence": 0.95})
    sounds = syllables(text)
    merged = [merge(sound, index.words) for sound in sounds]
    candidates = {at for pair in pairwise(merged) for at in index.pairs.get(pair, ())}
    best: tuple[float, float, Place] | None = None
    for at in sorted(candidates):
        _, place, wanted = index.names[at]
        if len(wanted) < 2:
            continue
        cost = _align(wanted, sounds, index.words)
        # Two syllables by sound alone meet too much by chance: only an accent apart.
        limit = 0.11 if len(wanted) == 2 else _ASK
        if cost / len(wanted) > limit:
            continue
        score = len(wanted) - 1.5 * cost
        if best is None or score > best[0]:
            best = (score, cost / len(wanted), place)
    if best is None:
        return None
    confidence = 0.8 if best[1] <= _ACCEPT and best[1] < 0.11 else 0.55
    return best[2].model_copy(update={"confidence": confidence})
