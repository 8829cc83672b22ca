"""Where: a grammar over spoken numerals checked against the gazetteer, then names, then home, then
spots everybody knows. What the gazetteer cannot place is kept in the resident's own words."""

import re
from functools import lru_cache
from typing import NamedTuple

from flows.gazetteer import Gazetteer
from flows.lexicon import NumberWords, PlaceWords
from flows.report import Place
from flows.understanding.names import find_name
from flows.understanding.normalise import normalise, syllables
from flows.understanding.numbers import NUMBER, symbol, value
from flows.understanding.phrases import pattern

_STOP = "|"
_SURE, _HEARD, _SPOT, _INDOOR = 0.95, 0.6, 0.6, 0.3
"""Confidence: by characters, by sound only, a spot people know, a spot every house has."""


class _Address(NamedTuple):
    building: str | None
    unit: str | None
    floor: str | None
    room: str | None
    start: int
    end: int


@lru_cache(maxsize=8)
def _suffixes(words: PlaceWords) -> tuple[tuple[str, str], ...]:
    table = [(word, "B") for word in words.building] + [(word, "U") for word in words.unit]
    table += [(word, "F") for word in words.floor] + [(word, "R") for word in words.room]
    table += [(word, "N") for word in words.mark] + [(word, "D") for word in words.district]
    return tuple(sorted(table, key=lambda pair: -len(pair[0])))


def _symbols(
    text: str, places: PlaceWords, numbers: NumberWords, loose: bool
) -> tuple[str, list[int]]:
    """One symbol per word of the address grammar, `.` for anything else, and where each starts."""
    sounds = syllables(text) if loose else ()
    out: list[str] = []
    starts: list[int] = []
    at = 0
    while at < len(text):
        starts.append(at)
        suffix = next((pair for pair in _suffixes(places) if text.startswith(pair[0], at)), None)
        number = symbol(text[at], numbers)
        if suffix:
            out.append(suffix[1])
            at += len(suffix[0])
            continue
        if number is None and loose:
            two = places.syllables.get(" ".join(sounds[at : at + 2]))
            if two:
                out.append(two)
                at += 2
                continue
            number = places.syllables.get(sounds[at]) or numbers.syllables.get(sounds[at])
        out.append(number or ("-" if text[at] == "-" else "."))
        at += 1
    return "".join(out), [*starts, len(text)]


_RUN = f"({NUMBER}{{1,4}})"
_DASHED = re.compile(r"(?<![0-9TH-])(\d{1,3})[-B](?:(\d{1,2})[-U])?(\d{3,4})(?!\d)")
_BUILDING = re.compile(rf"{_RUN}(?:B|N(?!{NUMBER}{{3}}R)(?=F?[^D]|$))")
_UNIT = re.compile(rf"{_RUN}U")
_FLOOR = re.compile(rf"{_RUN}F")
_ROOM = re.compile(rf"(\d{{3,4}}|\dH(?:0?\d|\dT?\d?|T\d?))(?:R|N)?(?!{NUMBER}|B|U)")


_LONG = re.compile(r"\d{6,}")
"""Phone and ticket numbers: never part of an address."""


def _parse(symbols: str, gazetteer: Gazetteer) -> _Address | None:
    symbols = _LONG.sub(lambda run: "." * len(run.group()), symbols)
    dashed = _DASHED.search(symbols)
    if dashed:
        building, unit, room = dashed.groups()
        return _Address(str(int(building)), unit, None, room, dashed.start(), dashed.end())
    spans: list[tuple[int, int]] = []

    def number(match: re.Match[str] | None) -> str | None:
        found = value(match[1]) if match else None
        if match is None or not found:
            return None
        spans.append(match.span())
        return str(found)

    building = number(_BUILDING.search(symbols))
    if building and len(building) > 3 and not _exists(gazetteer, building):
        building, spans = None, []
    after = spans[-1][1] if spans else 0
    unit = number(_UNIT.search(symbols, after))
    floor = number(_FLOOR.search(symbols, after))
    # Three or four digits are a room behind a building or unit, or before the word for room.
    room = None
    match = _ROOM.search(symbols, max((end for _, end in spans), default=0))
    if match and (spans or match.group().endswith("R")):
        room = number(match)
    if room and len(room) < 3:
        room = None
    if not spans:
        return None
    return _Address(building, unit, floor, room, min(s for s, _ in spans), max(e for _, e in spans))


def _exists(gazetteer: Gazetteer, building: str) -> bool:
    return any(gazetteer.building(estate, building) for estate in gazetteer.estates)


def find_place(
    text: str, gazetteer: Gazetteer, home: Place | None = None, expected: bool = False
) -> Place | None:
    """See `Gazetteer.find`."""
    plain = normalise(text, _STOP)
    if not plain:
        return None
    name = find_name(plain, gazetteer)
    home_estate = home.id.split("/")[0] if home and home.id else None
    symbols, starts = _symbols(plain, gazetteer.words, gazetteer.numbers, loose=False)
    strict = _parse(symbols, gazetteer)
    for address, loose in (
        (strict if strict and strict.building else None, False),
        (_by_sound(plain, gazetteer), True),
        (strict, False),
        (_bare(symbols) if expected else None, False),
    ):
        if address is None:
            continue
        begins = _symbols(plain, gazetteer.words, gazetteer.numbers, True)[1] if loose else starts
        place = _resolve(address, plain, begins, gazetteer, name, home, home_estate, loose)
        if place and (not loose or place.id):
            return place
    if name and name.id and "/" in name.id:
        return name
    mine = _home(plain, gazetteer, home)
    if mine:
        return mine
    spot = _spot(plain, gazetteer.words)
    if spot:
        confidence = _INDOOR if spot[1] else _SPOT
        if name:
            return name.model_copy(
                update={"text": name.text + spot[0], "confidence": max(confidence, 0.5)}
            )
        return Place(text=spot[0], landmark=None if spot[1] else spot[0], confidence=confidence)
    if name:
        return name.model_copy(update={"confidence": min(name.confidence, 0.4)})
    return None


def _by_sound(plain: str, gazetteer: Gazetteer) -> _Address | None:
    """An address with a building, misheard characters read by their pinyin."""
    symbols, _ = _symbols(plain, gazetteer.words, gazetteer.numbers, loose=True)
    address = _parse(symbols, gazetteer)
    return address if address and address.building else None


def _bare(symbols: str) -> _Address | None:
    """Numbers alone, said when a place was asked for: building, then unit, then room."""
    runs = [(m[0], m.start(), m.end()) for m in re.finditer(f"{NUMBER}+", symbols)]
    if not runs or len(runs) > 3 or len(runs[0][0]) > 3:
        return None
    numbers = [value(run) for run, _, _ in runs]
    if not all(numbers):
        return None
    texts = [str(n) for n in numbers]
    room = texts.pop() if len(texts) > 1 and len(texts[-1]) >= 3 else None
    unit = texts[1] if len(texts) > 1 else None
    return _Address(texts[0], unit, None, room, runs[0][1], runs[-1][2])


def _resolve(
    address: _Address,
    text: str,
    starts: list[int],
    gazetteer: Gazetteer,
    name: Place | None,
    home: Place | None,
    home_estate: str | None,
    loose: bool,
) -> Place | None:
    estates = list(gazetteer.estates)
    named = name.id.split("/")[0] if name and name.id else None
    estate = named or (estates[0] if len(estates) == 1 else home_estate)
    spot = _spot(text[starts[address.end] :], gazetteer.words)
    detail = spot[0] if spot and spot[1] else ""
    confidence = _HEARD if loose else _SURE
    if estate is None:
        said = text[starts[address.start] : starts[address.end]] + detail
        building = address.building and gazetteer.words.building_name.format(address.building)
        return Place(text=said, building=building, room=address.room, confidence=0.4)
    building, unit = address.building, address.unit
    if building is None and name and name.building and name.id:
        building = name.id.split("/")[1]
    if building is None and home and home.id and home.id.count("/") >= 1:
        # “二单元楼道” from somebody whose house we know.
        building = home.id.split("/")[1]
        unit = unit or (home.id.split("/")[2] if home.id.count("/") >= 2 else None)
        confidence = min(confidence, 0.75)
    if building is None:
        said = _within_house(address, gazetteer.words) + detail
        return Place(text=said, floor=address.floor, room=address.room, confidence=_INDOOR)
    if not named and len(estates) > 1:
        confidence = min(confidence, 0.5)
    place = gazetteer.compose(estate, building, unit, address.room, address.floor, confidence)
    return place.model_copy(update={"text": place.text + detail}) if detail else place


def _within_house(address: _Address, words: PlaceWords) -> str:
    named = (
        (words.unit_name, address.unit),
        (words.floor_name, address.floor),
        (words.room_name, address.room),
    )
    return "".join(form.format(number) for form, number in named if number)


def _home(text: str, gazetteer: Gazetteer, home: Place | None) -> Place | None:
    words = gazetteer.words
    stair = re.search(pattern(words.home_stair), text)
    own = re.search(pattern(words.home), text)
    if not stair and not own:
        return None
    found = stair or own
    assert found is not None
    rest = text[found.end() :]
    spot = _spot(text, words)
    if home is None or not home.id:
        if home is not None:
            return home.model_copy(update={"confidence": 0.8})
        said = found.group() + (spot[0] if spot and spot[0] not in found.group() else "")
        return Place(text=said, confidence=_INDOOR)
    parts = home.id.split("/")
    of_unit = gazetteer.place("/".join(parts[:3])) if stair and len(parts) == 4 else None
    whole = of_unit or home
    inner = _spot(rest or text, words)
    detail = inner[0] if inner and inner[1] and inner[0] not in whole.text else ""
    return whole.model_copy(update={"text": whole.text + detail, "confidence": 0.85})


def _spot(text: str, words: PlaceWords) -> tuple[str, bool] | None:
    """A spot named without the gazetteer's help, and whether every house has one."""
    around = pattern(words.around)
    for spots, indoor in ((words.outdoor, False), (words.indoor, True)):
        match = re.search(f"{pattern(spots)}(?:{around})?", text)
        if match:
            return match.group(), indoor
    return None
