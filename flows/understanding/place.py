"""Where: every reading of what was said is weighed against the places there are.

Names come first, since they say which estate; then house, unit and room; then what the resident
calls their own; then spots everybody knows. What the gazetteer cannot place is kept in the
resident's words, and what several places bear is kept open and asked about."""

import re
from typing import TYPE_CHECKING, NamedTuple

from flows.lexicon import PlaceWords
from flows.report import Place
from flows.understanding.address import Address, find_addresses
from flows.understanding.home import find_home
from flows.understanding.names import SURE as NAME_SURE
from flows.understanding.names import Hit
from flows.understanding.normalise import normalise
from flows.understanding.phrases import pattern
from flows.understanding.spots import detail_behind, find_spot

if TYPE_CHECKING:
    from flows.gazetteer import Gazetteer

_STOP = "|"
_SURE, _LIKELY, _HEARD, _DOUBTFUL, _OPEN = 0.95, 0.75, 0.6, 0.55, 0.4
"""Confidence: by characters, by inference, by sound, asked about, known in part."""
_SPOT, _INDOOR, _ESTATE = 0.6, 0.3, 0.4
"""A spot people know, a spot every house has, an estate and no more."""
_CLOSE = 0.11
"""Cost per syllable up to which a name is only an accent apart."""
_CHEAP = 0.35
"""Cost up to which an address heard by its sound is likely."""
_MAYBE = 3
"""Places a resident can be asked to choose from; one more is kept to show that there are more."""


class _Scope(NamedTuple):
    """Which estate is spoken of, and how we know."""

    estate: str | None
    said: bool
    """By name, or there is only one; otherwise it is the home's."""


class _Judged(NamedTuple):
    worth: float
    address: Address
    place: Place


def find_place(
    text: str,
    gazetteer: "Gazetteer",
    home: Place | None = None,
    expected: bool = False,
    near: Place | None = None,
) -> Place | None:
    """See `Gazetteer.find`."""
    words = gazetteer.words
    plain = normalise(text, _STOP)
    for char, spelled in words.spelled.items():
        plain = plain.replace(char, spelled)
    if not plain:
        return None
    hits = gazetteer.names.find(plain)
    within = near if near and near.id else home
    scope = _scope(hits, gazetteer, within)
    if within is near and not scope.said and scope.estate:
        scope = _Scope(scope.estate, True)
    estates, marks, houses = _sorted(hits, gazetteer)
    judged = _best_address(plain, hits, scope, gazetteer, within, expected)
    if judged:
        marks = [m for m in marks if m.exact or not _overlap(m, judged.address)]
        by_the_way = marks and _is_by_the_way(plain, judged, marks[0], words)
        if not by_the_way and (judged.place.building or judged.address.building):
            return judged.place
    if marks or houses:
        return _named(plain, (*marks, *houses), scope, gazetteer, home)
    mine = find_home(plain, gazetteer, home)
    if mine or judged:
        said = judged.place.text if judged and mine and not home else ""
        return (
            mine.model_copy(update={"text": mine.text + said}) if mine else judged and judged.place
        )
    if not expected:
        # “德胜” for an estate helps to find a house; “邻里和睦” is none.
        estates = [hit for hit in estates if hit.name not in gazetteer.shorts]
    return _spot_or_estate(plain, estates, scope, gazetteer)


def _sorted(hits: list[Hit], gazetteer: "Gazetteer") -> tuple[list[Hit], list[Hit], list[Hit]]:
    """Hits that are estates, landmarks and houses."""
    estates, marks, houses = [], [], []
    for hit in hits:
        estate, _, rest = hit.ids[0].partition("/")
        if not rest:
            estates.append(hit)
        elif gazetteer.building(estate, rest):
            houses.append(hit)
        else:
            marks.append(hit)
    return estates, marks, houses


def _overlap(hit: Hit, address: Address) -> bool:
    return hit.start < address.end and address.start < hit.end


def _scope(hits: list[Hit], gazetteer: "Gazetteer", within: Place | None) -> _Scope:
    if gazetteer.only_estate:
        return _Scope(gazetteer.only_estate, True)
    of_hits = [{id.split("/")[0] for id in hit.ids} for hit in hits]
    # An estate's own name says more than a landmark that stands in it.
    order = sorted(zip(hits, of_hits, strict=True), key=lambda p: "/" in p[0].ids[0])
    for hit, named in order:
        if len(named) == 1 and hit.cost <= NAME_SURE:
            return _Scope(next(iter(named)), True)
    if within and within.id:
        return _Scope(within.id.split("/")[0], False)
    return _Scope(None, False)


def _best_address(
    plain: str,
    hits: list[Hit],
    scope: _Scope,
    gazetteer: "Gazetteer",
    within: Place | None,
    expected: bool,
) -> _Judged | None:
    """The reading as an address that fits best what there is; None when none does."""
    masked = plain
    for hit in hits:
        # “三号楼活动室” is a name and no house number.
        is_house = gazetteer.building(*hit.ids[0].split("/")) if "/" in hit.ids[0] else None
        if hit.exact and not is_house:
            masked = masked[: hit.start] + _STOP * (hit.end - hit.start) + masked[hit.end :]
    best: _Judged | None = None
    for address in find_addresses(masked, gazetteer.words, gazetteer.numbers, expected):
        judged = _judge(plain, address, hits, scope, gazetteer, within)
        if judged and (best is None or judged.worth > best.worth):
            best = judged
    return best


def _judge(
    plain: str,
    address: Address,
    hits: list[Hit],
    scope: _Scope,
    gazetteer: "Gazetteer",
    within: Place | None,
) -> _Judged | None:
    words = gazetteer.words
    houses = _sorted(hits, gazetteer)[2]
    estate, building, unit = scope.estate, address.building, address.unit
    confidence = _SURE if not address.cost else _HEARD if address.cost <= _CHEAP else _DOUBTFUL
    if building is None and houses:
        estate, building = houses[0].ids[0].split("/")
    elif building is None and _house(within, gazetteer) and scope.estate:
        # “二单元楼道” from somebody whose house we know.
        estate, building, *rest = str(within and within.id).split("/")
        unit = unit or (rest[0] if len(rest) and address.room else None)
        unit = unit or (rest[0] if rest else None)
        confidence = min(confidence, _LIKELY)
    before, after = plain[: address.start], plain[address.end :]
    detail = detail_behind(after, words)
    worth = -3 * address.cost - address.start / 1000
    worth -= 6 * bool(re.search(f"{pattern(words.denied)}$", before))
    worth -= 3 * _is_own(before, words)
    # “三幢，哦不，四幢”
    worth -= 3 * bool(re.match(f"[^|]?[|]?{pattern(words.taken_back)}", after))
    given = 0.2 if not address.cost else -0.5
    worth += 0.3 * sum(1 for slot in (address.unit, address.floor, address.room) if slot)
    if address.building and _is_elsewhere(plain, address, hits, words):
        said = plain[: address.end].rsplit(_STOP, 1)[-1]
        return _Judged(worth, address, Place(text=said, building=building, confidence=_INDOOR))
    if address.building and _is_another_house(after, words):
        said = plain[address.start :].split(_STOP)[0]
        return _Judged(worth, address, Place(text=said, confidence=_OPEN))
    if building is None:
        if address.cost:
            return None
        said = _within_house(address, words) + detail
        place = Place(text=said, floor=address.floor, room=address.room, confidence=_INDOOR)
        return _Judged(worth, address, place)
    if estate is None:
        open_place = _of_several(address, building, detail, confidence, gazetteer)
        return _Judged(worth + 4, address, open_place) if open_place else None
    plan = gazetteer.building(estate, building)
    if plan is None and address.cost:
        return None
    if not scope.said:
        confidence = min(confidence, _DOUBTFUL)
    floors = plan.floors if plan else 0
    worth += 4 * bool(plan)
    if unit:
        worth += 1.5 if plan and 0 < int(unit) <= plan.units else given
    if address.room:
        worth += (
            1.5 if 0 < int(address.room[:-2]) <= floors and address.room[-2:] != "00" else given
        )
    place = gazetteer.compose(estate, building, unit, address.room, address.floor, confidence)
    return _Judged(worth, address, place.model_copy(update={"text": place.text + detail}))


def _house(place: Place | None, gazetteer: "Gazetteer") -> bool:
    """Whether it is a house of ours or a part of one."""
    return bool(
        place and place.id and place.id.count("/") and gazetteer.building(*place.id.split("/")[:2])
    )


def _is_another_house(after: str, words: PlaceWords) -> bool:
    """“三幢对面那幢”: not number three, and which one was not said."""
    way = pattern((*words.between, *words.around, *words.route))
    ordinal = f"{pattern(words.ordinal)}.{{1,2}}{pattern(words.building)}"
    near = f"(?:{way})*?{pattern(words.around)}{pattern(words.another_house)}"
    return bool(re.match(f"{near}|(?:{way})+{ordinal}", after))


def _is_elsewhere(plain: str, address: Address, hits: list[Hit], words: PlaceWords) -> bool:
    """“阳光花园三幢”: an estate is named in front, and it is none of ours."""
    before = plain[: address.start]
    kind = re.search(
        f"(?P<whose>[^|]*?){pattern(words.estate_kinds)}(?:{pattern(words.between)})*$", before
    )
    if re.search(f"{pattern(words.elsewhere)}(?:{pattern(words.between)})*$", before):
        return not any(hit.end == address.start for hit in hits)
    if not kind or any(hit.start < address.start and hit.end >= kind.end("whose") for hit in hits):
        return False
    whose = kind["whose"]
    return bool(whose) and not re.search(f"{pattern(words.our_estate)}$", whose)


def _of_several(
    address: Address, building: str, detail: str, confidence: float, gazetteer: "Gazetteer"
) -> Place | None:
    """A house number without its estate: sure when one estate has it, open when several do."""
    having = gazetteer.estates_with(building, _MAYBE + 1)
    if not having:
        if address.cost:
            return None
        having = list(gazetteer.estates)
    places = [
        gazetteer.compose(e, building, address.unit, address.room, address.floor, confidence)
        for e in having[: _MAYBE + 1]
    ]
    first = places[0]
    if len(places) == 1:
        limited = min(first.confidence, _LIKELY)
        return first.model_copy(update={"text": first.text + detail, "confidence": limited})
    known = tuple(place.id for place in places if place.id)
    return Place(
        text=first.text.removeprefix(first.estate or "") + detail,
        building=first.building,
        unit=first.unit,
        floor=first.floor,
        room=first.room,
        confidence=_OPEN,
        maybe=known,
    )


def _within_house(address: Address, words: PlaceWords) -> str:
    named = (
        (words.unit_name, address.unit),
        (words.floor_name, None if address.room else address.floor),
        (words.room_name, address.room),
    )
    return "".join(form.format(number) for form, number in named if number)


def _is_own(before: str, words: PlaceWords) -> bool:
    """“我住三幢，…”: who speaks, not where it is, if another place is named."""
    return bool(re.search(f"{pattern(words.own_address)}[^|]{{0,6}}$", before))


def _is_by_the_way(plain: str, judged: _Judged, mark: Hit, words: PlaceWords) -> bool:
    """Whether the landmark is meant and the address only helps to find it, or is the speaker's."""
    address = judged.address
    if address.building is None and mark.cost <= NAME_SURE:
        return True
    if _is_own(plain[: address.start], words):
        return True
    between = plain[address.end : mark.start] if mark.start >= address.end else ""
    # “三幢对面的快递柜”
    return bool(
        re.fullmatch(f"(?:{pattern(words.between)})*{pattern(words.around)}.{{0,2}}", between)
    )


def _named(
    plain: str, hits: tuple[Hit, ...], scope: _Scope, gazetteer: "Gazetteer", home: Place | None
) -> Place | None:
    """The landmark or house by its name: which of those that bear it, and what is beside it."""
    hit = _head(plain, hits, gazetteer.words)
    confidence = _SURE if hit.exact else 0.8 if hit.cost <= _CLOSE else 0.7
    if hit.cost > NAME_SURE or (len(hit.name) == 2 and not hit.exact):
        confidence = _DOUBTFUL
    detail = detail_behind(plain[hit.end :], gazetteer.words)
    here = [id for id in hit.ids if id.split("/")[0] == scope.estate]
    if len(hit.ids) > 1 and here and not scope.said:
        confidence = min(confidence, _DOUBTFUL)
    ids = here or list(hit.ids)
    places = [place for id in ids[: _MAYBE + 1] if (place := gazetteer.place(id))]
    first = places[0]
    if len(places) == 1:
        return first.model_copy(update={"text": first.text + detail, "confidence": confidence})
    return Place(
        text=hit.name + detail,
        landmark=first.landmark,
        confidence=_OPEN,
        maybe=tuple(place.id for place in places if place.id),
    )


def _head(plain: str, hits: tuple[Hit, ...], words: PlaceWords) -> Hit:
    """Of “A 旁边的 B” it is B; otherwise what fits best."""
    best = hits[0]
    for hit in sorted(hits, key=lambda h: h.start):
        between = plain[best.end : hit.start]
        linked = re.fullmatch(
            f"(?:{pattern((*words.around, *words.route, *words.between))})*", between
        )
        if hit.start >= best.end and linked and hit.cost <= NAME_SURE:
            best = hit
    return best


def _core(spot: str, words: PlaceWords) -> str:
    """“食堂门口” → “食堂”."""
    return next(
        (w for w in sorted(words.outdoor, key=len, reverse=True) if spot.startswith(w)), spot
    )


def _spot_or_estate(
    plain: str, estates: list[Hit], scope: _Scope, gazetteer: "Gazetteer"
) -> Place | None:
    words = gazetteer.words
    spot = find_spot(plain, gazetteer.words)
    hit = estates[0] if estates else None
    estate = gazetteer.place(hit.ids[0]) if hit and len(hit.ids) == 1 else None
    if estate and hit:
        inner = detail_behind(plain[hit.end :], gazetteer.words) or (spot[0] if spot else "")
        confidence = min(_OPEN, 1 - hit.cost)
        if spot and not spot[1]:
            confidence = _DOUBTFUL
        return estate.model_copy(update={"text": estate.text + inner, "confidence": confidence})
    if hit:
        return Place(text=hit.name, confidence=_OPEN, maybe=hit.ids[: _MAYBE + 1])
    if spot:
        text, indoor = spot
        only = None if indoor else gazetteer.landmark_ending(_core(text, words), scope.estate)
        if only:
            detail = text.removeprefix(_core(text, words))
            return only.model_copy(update={"text": only.text + detail, "confidence": _LIKELY})
        return Place(
            text=text, landmark=None if indoor else text, confidence=_INDOOR if indoor else _SPOT
        )
    return None
