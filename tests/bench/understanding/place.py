"""Names of places and house numbers, as they are said and as they are misheard."""

import re
import resource
import time
from collections.abc import Callable, Iterator
from functools import cache

from pypinyin import Style, lazy_pinyin
from rapidfuzz import fuzz, process

from flows.community import Community
from flows.gazetteer import Gazetteer
from flows.profile import Profile
from locales.load import load_lexicon
from tests.bench.table import table
from tests.bench.understanding.noise import corrupt
from tests.bench.understanding.town import Named, Room, outside, rooms, sayings, town

TITLE = "Places"
SEED = 7
"""Of the figures; 1 to 3 are for tuning."""
_SURE = 0.6
SHARES = (0.0, 0.1, 0.2, 0.3)
_Find = Callable[[str], tuple[str, bool]]
"""Text to id (empty for none) and whether it is taken without asking."""


def gazetteer(places: int, seed: int = SEED) -> Gazetteer:
    words = load_lexicon()
    return Gazetteer(Profile.model_validate(town(places, seed)), words.places, words.numbers)


def lines(community: Community) -> Iterator[str]:
    small = gazetteer(1000)
    yield from _names(small, community)
    yield ""
    yield from _rooms(community.gazetteer)
    yield ""
    yield from _sizes()


def named(found: Gazetteer, amount: int, share: float, seed: int = SEED) -> list[tuple[str, str]]:
    """Sentences with `share` of their characters misheard, and the id of what each names."""
    profile = Profile(name="", places=tuple(found.estates.values()))
    return [_noisy(s, share, at) for at, s in enumerate(sayings(profile, amount, seed))]


def unnamed(
    found: Gazetteer, community: Community, share: float, seed: int = SEED
) -> tuple[list[str], list[str]]:
    """Sentences that name no place of the town: reports without one, and places outside."""
    profile = Profile(name="", places=tuple(found.estates.values()))
    reports = [
        Named("", text, "", "")
        for words in community.lexicon.categories.values()
        for text in words.examples[:20]
    ]
    return (
        [_noisy(s, share, at)[0] for at, s in enumerate(reports)],
        [_noisy(s, share, at)[0] for at, s in enumerate(outside(profile, 500, seed))],
    )


def _noisy(said: Named, share: float, at: int) -> tuple[str, str]:
    return corrupt(said.before + said.name + said.behind, share, at), said.id


def finder(found: Gazetteer) -> _Find:
    def find(text: str) -> tuple[str, bool]:
        place = found.find(text)
        return (place.id or "", place.confidence >= _SURE) if place else ("", False)

    return find


def by_fuzz(found: Gazetteer) -> _Find:
    """rapidfuzz's partial ratio over toneless pinyin, the usual first thing to try."""
    names: dict[str, str] = {}
    for estate in found.estates.values():
        names[" ".join(lazy_pinyin(estate.name, style=Style.NORMAL))] = estate.id
        for mark in estate.landmarks:
            for name in (mark.name, estate.name + mark.name):
                names[" ".join(lazy_pinyin(name, style=Style.NORMAL))] = f"{estate.id}/{mark.name}"
    sounds = list(names)

    @cache
    def find(text: str) -> tuple[str, bool]:
        said = " ".join(lazy_pinyin(text, style=Style.NORMAL))
        best = process.extractOne(said, sounds, scorer=fuzz.partial_ratio, score_cutoff=75)
        return (names[best[0]], best[1] >= 85) if best else ("", False)

    return find


def _names(small: Gazetteer, community: Community) -> Iterator[str]:
    reports, elsewhere = unnamed(small, community, 0.0)
    yield (
        f"Names among 1,000 places: 1,000 sentences that name one, {len(reports)} reports that name"
        f" none, {len(elsewhere)} sentences"
    )
    yield "about places of another town, most of a kind that this one has, too (“…菜场”)."
    yield "Taken: without asking. Asked: “是…，对吗？”."
    yield ""
    ours, fuzzy = finder(small), by_fuzz(small)
    rows = []
    for share in SHARES:
        found = [(ours(text), id) for text, id in named(small, 1000, share)]
        others_said = unnamed(small, community, share)[0]
        others = [[ours(text) for text in texts] for texts in unnamed(small, community, share)]
        baseline = [(fuzzy(text), id) for text, id in named(small, 200, share)]
        total = len(found)
        rows.append(
            (
                f"{share:.0%}",
                sum(got == id for (got, _), id in found) / total,
                sum(got == id and sure for (got, sure), id in found) / total,
                sum(got not in ("", id) and sure for (got, sure), id in found) / total,
                *(sum(bool(got) and sure for got, sure in texts) / len(texts) for texts in others),
                *(sum(bool(got) for got, _ in texts) / len(texts) for texts in others),
                sum(got == id for (got, _), id in baseline) / len(baseline),
                sum(bool(fuzzy(text)[0]) for text in others_said[::5]) / len(others_said[::5]),
            )
        )
    head = (
        "misheard", "right", "right, taken", "wrong, taken", "report taken", "elsewhere taken",
        "report asked or taken", "elsewhere", "rapidfuzz right", "report",
    )  # fmt: skip
    yield from table(head, rows)


_DIGITS = "零一二三四五六七八九"
_REGEX = re.compile(f"([{_DIGITS}十]{{1,3}})(?:幢|栋|号楼)?([一二三四])单元([幺{_DIGITS}]{{3,4}})")


def by_regex(text: str) -> tuple[str, str, str] | None:
    """House, unit and room by a plain regular expression over the characters."""
    match = _REGEX.search(text)
    if not match:
        return None
    house, unit, room = (part.replace("幺", "一") for part in match.groups())
    tens, ten, ones = house.rpartition("十")
    number = 10 * _DIGITS.index(tens or "一") if ten else 0
    number += _DIGITS.index(ones) if len(ones) == 1 else 0
    return str(number), str(_DIGITS.index(unit)), "".join(str(_DIGITS.index(c)) for c in room)


def heard_rooms(share: float, amount: int = 1000, seed: int = SEED) -> list[tuple[str, Room]]:
    """Addresses of the demo community, misheard."""
    return [(corrupt(r.text, share, at), r) for at, r in enumerate(rooms(24, 3, 6, amount, seed))]


def slots(found: Gazetteer, text: str) -> tuple[str, str, str] | None:
    place = found.find(text, expected=True)
    if place is None or not place.id:
        return None
    _, building, unit, room = (*place.id.split("/"), "", "", "")[:4]
    return building, unit, room or place.room or ""


def _rooms(demo: Gazetteer) -> Iterator[str]:
    yield "House, unit and room in answer to “where”, 1,000 of 24 houses with 3 units and 6 floors."
    yield ""
    rows = []
    for share in SHARES:
        heard = heard_rooms(share)
        got = [(slots(demo, text), (r.building, r.unit, r.room)) for text, r in heard]
        plain = [(by_regex(text), (r.building, r.unit, r.room)) for text, r in heard]
        rows.append(
            (
                f"{share:.0%}",
                sum(a == b for a, b in got) / len(got),
                sum(bool(a and a[0] == b[0]) for a, b in got) / len(got),
                sum(bool(a and a[0] != b[0]) for a, b in got) / len(got),
                sum(a == b for a, b in plain) / len(plain),
                sum(bool(a and a[0] == b[0]) for a, b in plain) / len(plain),
            )
        )
    head = ("misheard", "all right", "house right", "house wrong", "regex all", "regex house")
    yield from table(head, rows)


def _sizes() -> Iterator[str]:
    yield "Time of a look-up and what the index costs."
    yield ""
    rows = []
    for places in (1000, 100_000):
        before, start = _memory(), time.process_time()
        found = gazetteer(places)
        built = time.process_time() - start
        grown = _memory() - before
        spent = []
        for text, id in named(found, 300, 0.2):
            begin = time.process_time()
            place = found.find(text)
            spent.append(((time.process_time() - begin) * 1000, bool(place and place.id == id)))
        times = sorted(ms for ms, _ in spent)
        rows.append(
            (
                f"{places:,}",
                sum(times) / len(times),
                times[int(len(times) * 0.95)],
                built,
                f"{grown:.0f}",
                sum(right for _, right in spent) / len(spent),
            )
        )
    head = ("places", "ms, mean", "ms, 95 %", "s to build", "MB", "right at 20 %")
    yield from table(head, rows)


def _memory() -> float:
    """Most the process has taken so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
