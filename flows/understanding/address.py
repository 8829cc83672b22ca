"""House, unit, floor and room as people say them: every reading that the grammar allows, with what
it costs to believe it. Which of them exists is for the gazetteer to say (`place`)."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from flows.lexicon import NumberWords, PlaceWords
from flows.understanding.normalise import syllables
from flows.understanding.numbers import NUMBER, symbol, value
from flows.understanding.phrases import pattern
from flows.understanding.sounds import ACCENT, APART, PARTLY, apart

HOMOPHONE, TOO_COMMON, SWAPPED, UNMARKED = 0.15, 0.35, 0.3, 0.1
"""What it costs to take a character for another of its sound, a very common character for one, 十
for 四, and a number without its 幢 or 单元 for one with it."""
_DEAREST = 0.7
NUMERALS = "0123456789TH"
_RANK = {"B": 0, "U": 1, "F": 2, "R": 3}
_MOST = 24
"""Segments looked at; an address has four, a long story of numbers is none."""


class Word(NamedTuple):
    """What a stretch of the text may mean in an address: a digit, `T` ten, `H` hundred, `B`
    building, `U` unit, `F` floor, `R` room, `N` 号, `D` district, `-` dash."""

    kind: str
    length: int
    cost: float


class Segment(NamedTuple):
    kind: str
    number: str
    start: int
    end: int
    cost: float
    marked: bool = True
    """Said with its word (“三幢”), not as a bare number."""


class Address(NamedTuple):
    building: str | None
    unit: str | None
    floor: str | None
    room: str | None
    start: int
    end: int
    cost: float


def find_addresses(
    text: str, places: PlaceWords, numbers: NumberWords, expected: bool = False
) -> list[Address]:
    """Readings of normalised `text` as an address, in no particular order.

    expected: a place was just asked for, so bare numbers are house, unit and room.
    """
    words = _words(text, places, numbers)
    exact = _symbols(words)
    found = [*_marked(text, words, places), *_bare(text, exact, places)]
    found += _misheard(words, {segment.end for segment in found})
    if expected:
        found += _answered(text, exact, places)
    segments = sorted(filter(_is_number, set(found)), key=lambda s: (s.start, s.end, s.cost))[
        :_MOST
    ]
    return [
        _address(chain) for chain in _chains(text, segments, places) if _stands(chain, expected)
    ]


def _is_number(segment: Segment) -> bool:
    """Whether there can be such a house or room: no 0, rooms from 100 on (“02” behind a floor)."""
    if segment.kind == "R":
        return len(segment.number) == 2 or int(segment.number) >= 100
    return int(segment.number) > 0


@lru_cache(maxsize=8)
def _suffixes(words: PlaceWords) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """The words behind a number with their kind and sound, the longest first."""
    lists = (
        ("B", words.building),
        ("U", words.unit),
        ("F", words.floor),
        ("R", words.room),
        ("N", words.mark),
        ("D", words.district),
        ("-", words.dash),
    )
    table = [(word, kind, syllables(word)) for kind, list_ in lists for word in list_]
    return tuple(sorted(table, key=lambda row: -len(row[0])))


@lru_cache(maxsize=8)
def _suffixes_from(words: PlaceWords) -> dict[str, list[tuple[str, str, tuple[str, ...]]]]:
    """The same by their first character."""
    table: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {}
    for row in _suffixes(words):
        table.setdefault(row[0][0], []).append(row)
    return table


def _words(text: str, places: PlaceWords, numbers: NumberWords) -> list[list[Word]]:
    """What each position of the text may begin."""
    sounds = syllables(text)
    suffixes = _suffixes_from(places)
    out: list[list[Word]] = []
    for at, char in enumerate(text):
        rows = suffixes.get(char, ())
        suffix = next((row for row in rows if text.startswith(row[0], at)), None)
        number = symbol(char, numbers)
        if suffix:
            out.append([Word(suffix[1], len(suffix[0]), 0.0)])
        elif number:
            out.append([Word(number, 1, 0.0)])
            if number in "4T":
                # 四 and 十 merge in a Wu accent.
                out[-1].append(Word("T" if number == "4" else "4", 1, SWAPPED))
            if sounds[at] in places.syllables:
                # 洞 is a digit in phone numbers and 栋 misheard.
                out[-1].append(Word(places.syllables[sounds[at]], 1, HOMOPHONE))
        else:
            out.append(_heard(char, sounds[at : at + 2], places, numbers))
    return out


@lru_cache(maxsize=16384)
def _heard(
    char: str, sounds: tuple[str, ...], places: PlaceWords, numbers: NumberWords
) -> list[Word]:
    """What a character may be by its sound."""
    return list(_by_sound(char in places.common, sounds, places, numbers))


def _by_sound(
    common: bool, sounds: tuple[str, ...], places: PlaceWords, numbers: NumberWords
) -> Iterator[Word]:
    dear = TOO_COMMON - HOMOPHONE if common else 0.0
    number = numbers.syllables.get(sounds[0])
    if number:
        yield Word(number, 1, HOMOPHONE + dear)
    for length in (2, 1):
        known = places.syllables.get(" ".join(sounds[:length]))
        if known and len(sounds) >= length:
            yield Word(known, length, HOMOPHONE + dear)
            return
    for _, kind, sound in _suffixes(places):
        if kind in "BU" and len(sound) == 2 == len(sounds):
            cost = sum(apart(a, b, places) for a, b in zip(sound, sounds, strict=True))
            if cost <= ACCENT + PARTLY:
                yield Word(kind, 2, HOMOPHONE + cost / 4)
            elif (
                kind == "U"
                and cost <= APART
                and 0.0 in (apart(a, b, places) for a, b in zip(sound, sounds, strict=True))
            ):
                # Half of 单元 is there; without its other half if that was swallowed.
                yield Word(kind, 2, TOO_COMMON)
                if sound[0] == sounds[0]:
                    yield Word(kind, 1, TOO_COMMON)


def _symbols(words: list[list[Word]]) -> str:
    """One character a position: what it exactly is, `.` for anything else."""
    return "".join(
        next((w.kind for w in at if w.cost == 0 and (w.length == 1 or w.kind != "-")), ".")
        for at in words
    )


def _marked(text: str, words: list[list[Word]], places: PlaceWords) -> Iterator[Segment]:
    """Numbers with their word: “三幢”, “二单元”, “四楼”, “201室”."""
    for start in range(len(text)):
        before = words[start - 1] if start else []
        kinds = {word.kind for word in before}
        if any(w.kind in NUMERALS and not w.cost for w in before) and not kinds & {"B", "U"}:
            continue
        for run, middle, cost in _runs(words, start):
            number = value(run)
            for word in words[middle] if middle < len(text) else ():
                end = middle + word.length
                for kind, dear in _kinds(
                    word.kind, run, text[start:middle], text, start, end, places
                ):
                    dear += cost + word.cost
                    if number:
                        yield Segment(kind, str(number), start, end, dear)
                    house = value(run[:-1]) if kind == "U" and run[-1].isdigit() else None
                    if house:
                        # “三二单元”: the house, then the unit.
                        each = dear / 2 + UNMARKED
                        yield Segment("B", str(house), start, middle - 1, each, False)
                        yield Segment("U", run[-1], middle - 1, end, each)


def _runs(
    words: list[list[Word]], start: int, dearest: float = TOO_COMMON
) -> Iterator[tuple[str, int, float]]:
    """Runs of number words from `start`: symbols, end, cost up to `dearest`."""
    waiting = [("", start, 0.0)]
    while waiting:
        run, at, cost = waiting.pop()
        if run:
            yield run, at, cost
        if len(run) == 4 or at >= len(words):
            continue
        waiting += [
            (run + word.kind, at + 1, cost + word.cost)
            for word in words[at]
            if word.kind in NUMERALS and cost + word.cost <= dearest
        ]


def _kinds(
    mark: str, run: str, said: str, text: str, start: int, end: int, places: PlaceWords
) -> Iterator[tuple[str, float]]:
    """What a number with this word behind it may be, and what that costs; nothing when it only
    looks like an address."""
    before, after = text[:start], text[end:]
    if mark == "F" and not re.search(f"{pattern(places.stopped_at)}$", before):
        yield "F", 0.0
        # “三楼二单元”: 号 was swallowed; “五零三楼水” is 漏水.
        yield ("B", TOO_COMMON) if len(run) < 3 else ("R", HOMOPHONE)
    elif mark == "U":
        yield "U", 0.0
    elif mark == "R" and len(run) >= 3:
        yield "R", 0.0
    elif mark == "N" and not _is_date(before, after, places):
        yield "B", UNMARKED
        if len(run) >= 3:
            yield "R", 0.0
    elif mark == "B":
        if run == "1" and re.search(f"{pattern(places.counted)}$", before):
            return
        if len(said) == 2 and said.isalpha() and run.isdigit() and int(run[1]) - int(run[0]) == 1:
            # “三四幢”: one or the other.
            return
        if re.search(f"{pattern(places.ordinal)}$", before):
            clause = before.rsplit("|", 1)[-1]
            if not re.search(pattern(places.route), clause):
                yield "B", SWAPPED
        elif said in places.counting:
            yield "B", SWAPPED if not re.match(pattern(places.counted_after), after) else _DEAREST
        else:
            yield "B", 0.0


def _is_date(before: str, after: str, places: PlaceWords) -> bool:
    return bool(
        re.search(f"{pattern(places.date_before)}$", before)
        or re.match(pattern(places.date_after), after)
    )


_PHONE = re.compile(r"\d{6,}|1\d\d[-|]?\d{4}[-|]?\d{4}|0\d{2,3}-\d{7,8}")
"""Phone and ticket numbers: never part of an address."""
_RUN = re.compile(rf"(?<!{NUMBER}){NUMBER}+(?!{NUMBER})")
_DASHED = re.compile(r"(?<![\d-])(\d{1,3})-(?:(\d{1,2})-)?(\d{3,4})(?!\d)")
_AFTER_HOUSE = re.compile(r"(?<=[BN])(\d{1,2})-(\d{3,4})(?!\d)")
_UNIT_ROOM = re.compile(r"[1-9][1-9]\d{2,3}")


def _bare(text: str, exact: str, places: PlaceWords) -> Iterator[Segment]:
    """Numbers without their word: rooms, and what stands directly before a unit."""
    exact = _PHONE.sub(lambda run: "." * len(run.group()), exact)
    for match in _DASHED.finditer(exact):
        for kind, group in (("B", 1), ("U", 2), ("R", 3)):
            if match[group]:
                start, end = match.span(group)
                end += exact[end : end + 1] == "-"
                yield Segment(kind, str(int(match[group])), start, end, 0.0)
    for match in _AFTER_HOUSE.finditer(exact):
        start, end = match.span(1)
        yield Segment("U", match[1], start, end + 1, 0.0)
        yield Segment("R", match[2], *match.span(2), 0.0)
    for match in _RUN.finditer(exact):
        run, (start, end) = match.group(), match.span()
        behind = exact[end : end + 1]
        if behind in ("B", "U", "F", "R", "N", "D"):
            if behind in "RN" and _UNIT_ROOM.fullmatch(run):
                yield from _split(run, start)
            continue
        if _counts(text, start, end, places):
            continue
        number = value(run)
        if number and 100 <= number < 10000 and len(run) <= 5:
            yield Segment("R", str(number), start, end, 0.0, False)
        if re.fullmatch(r"0\d", run):
            yield Segment("R", run, start, end, 0.0, False)
        if number and number < 1000 and re.match(rf"[.|-]{{0,2}}{NUMBER}{{1,2}}U", exact[end:]):
            yield Segment("B", str(number), start, end, UNMARKED, False)
        if _UNIT_ROOM.fullmatch(run):
            yield from _split(run, start)


def _counts(text: str, start: int, end: int, places: PlaceWords) -> bool:
    """Whether a bare number counts something (“三天”, “今年八十二”)."""
    return bool(
        re.match(pattern(places.measures), text[end:])
        or re.search(f"{pattern(places.amount_before)}$", text[:start])
    )


def _misheard(words: list[list[Word]], ends: set[int]) -> Iterator[Segment]:
    """Rooms right behind a house or unit with a digit or two by their sound: “三令二”."""
    for start in sorted(ends):
        for run, end, cost in _runs(words, start, 3 * HOMOPHONE):
            number = value(run) if len(run) > 2 and cost else None
            if number and 100 < number < 10000 and not _is_exact(words, end):
                yield Segment("R", str(number), start, end, cost, False)


def _is_exact(words: list[list[Word]], at: int) -> bool:
    return at < len(words) and any(not word.cost for word in words[at])


def _split(run: str, at: int) -> Iterator[Segment]:
    """“二五零一” behind a house: unit and room in one breath."""
    yield Segment("U", run[0], at, at + 1, UNMARKED, False)
    yield Segment("R", run[1:], at + 1, at + len(run), UNMARKED, False)


def _answered(text: str, exact: str, places: PlaceWords) -> Iterator[Segment]:
    """Nothing but numbers, in answer to “where”: “三，二，五零一”, “32501”, “十二”."""
    runs = [(m.group(), m.start(), m.end()) for m in _RUN.finditer(exact)]
    rest = re.sub(
        f"{NUMBER}|{pattern((*places.between, *places.dash))}|[|]", "", _blank(text, exact)
    )
    if not runs or len(runs) > 3 or len(rest) > 4 or any(s in "BUFRND" for s in exact):
        return
    if any(_counts(text, start, end, places) for _, start, end in runs):
        return
    run, start, end = runs[0]
    if len(runs) == 1 and len(run) >= 3:
        for house in (1, 2, 3):
            # “十二二三零一”: house, unit and room without a pause.
            number = value(run[:house])
            if number and _UNIT_ROOM.fullmatch(run[house:]):
                yield Segment("B", str(number), start, start + house, UNMARKED)
                yield from _split(run[house:], start + house)
        if (room := value(run)) and 100 <= room < 10000:
            yield Segment("R", str(room), start, end, 0.0, False)
    if len(runs) == 1 and re.fullmatch(r"[1-9][1-9]", run):
        # “三 二”, if there is no number 32.
        yield Segment("B", run[0], start, start + 1, _DEAREST / 2)
        yield Segment("U", run[1], start + 1, end, _DEAREST / 2, False)
    numbers = [value(run) for run, _, _ in runs]
    if not all(numbers):
        return
    kinds = {1: "B", 2: "BR" if len(runs[-1][0]) >= 3 else "BU", 3: "BUR"}[len(runs)]
    if len(runs[0][0]) <= 3:
        for kind, number, (_, start, end) in zip(kinds, numbers, runs, strict=True):
            yield Segment(kind, str(number), start, end, 0.0, kind == "B")


def _blank(text: str, exact: str) -> str:
    """The text with its number words as symbols."""
    return "".join(s if s in NUMERALS else c for c, s in zip(text, exact, strict=True))


def _chains(
    text: str, segments: list[Segment], places: PlaceWords
) -> Iterator[tuple[Segment, ...]]:
    """Segments that follow each other closely, from the greater to the smaller."""
    waiting: list[tuple[tuple[Segment, ...], int]] = [((s,), i) for i, s in enumerate(segments)]
    while waiting:
        chain, at = waiting.pop()
        yield chain
        last = chain[-1]
        for next_at in range(at + 1, len(segments)):
            after = segments[next_at]
            # “二单元三幢”: the other way round.
            turned = len(chain) == 1 and last.kind + after.kind == "UB" and last.marked
            if after.start < last.end or not (turned or _RANK[after.kind] > _RANK[last.kind]):
                continue
            if len(after.number) == 2 and after.kind == "R" and last.kind != "F":
                continue
            between = pattern((*places.between, *places.dash))
            gap = re.sub(f"{between}|[|]", "", text[last.end : after.start])
            loose = after.marked and not turned
            if len(gap) <= (2 if loose else 0) and len(chain) < 4:
                waiting.append(((*chain, after), next_at))


def _stands(chain: tuple[Segment, ...], expected: bool) -> bool:
    """Whether enough of it was said to be an address at all."""
    if sum(segment.cost for segment in chain) > _DEAREST:
        return False
    first = chain[0]
    if first.kind == "R" and (len(first.number) == 2 or not (first.marked or expected)):
        return False
    if not first.marked and len(chain) == 1:
        return expected
    # By sound alone only what hangs together with more of an address.
    return first.cost < TOO_COMMON or len(chain) > 1 or expected


def _address(chain: tuple[Segment, ...]) -> Address:
    said = {segment.kind: segment.number for segment in chain}
    room, floor = said.get("R"), said.get("F")
    if room and len(room) == 2:
        # “四楼的零二”
        room = floor and f"{floor}{room}"
    return Address(
        said.get("B"),
        said.get("U"),
        floor,
        room,
        chain[0].start,
        chain[-1].end,
        sum(segment.cost for segment in chain),
    )
