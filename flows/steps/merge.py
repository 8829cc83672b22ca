"""Two tellings of one place put together."""

import re

from flows.gazetteer import Gazetteer
from flows.report import Place
from flows.understanding.phrases import pattern


def merge(old: Place | None, new: Place, gazetteer: Gazetteer) -> Place:
    """The new place, with what it leaves open taken from the old one: “不是三幢是四幢” keeps the
    unit and the stairs; “楼道里” keeps the house."""
    if old is None or not old.text:
        return new
    if new.id and new.id in gazetteer.estates and (old.maybe or old.building) and not old.id:
        # “三幢二单元”, then “幸福新村的”.
        return gazetteer.find(f"{new.estate}{old.text}") or new
    # “402室楼上”, then “502”: the room beside which it was is not the one meant.
    detail = "" if new.room and old.room and new.room != old.room else _detail(old, gazetteer)
    if old.floor and (new.room or new.floor):
        detail = detail.replace(gazetteer.words.floor_name.format(old.floor), "")
    if new.id and new.building and old.id and not new.unit and old.id.count("/") >= 2:
        estate, _, unit, *room = old.id.split("/")
        building = new.id.split("/")[1]
        kept = gazetteer.compose(
            estate, building, unit, room[0] if room else None, confidence=new.confidence
        )
        if kept.id and kept.id.count("/") == old.id.count("/"):
            added = detail if detail not in kept.text else ""
            return kept.model_copy(update={"text": kept.text + added})
    if new.id and new.building and detail and new.text == _name(new, gazetteer):
        return new.model_copy(update={"text": new.text + detail})
    if old.id and not new.id and not new.building:
        if new.text in old.text:
            return old
        return old.model_copy(update={"text": old.text + new.text})
    return new


def _name(place: Place, gazetteer: Gazetteer) -> str:
    known = gazetteer.place(place.id) if place.id else None
    return known.text if known else ""


def _detail(place: Place, gazetteer: Gazetteer) -> str:
    """What the text says beyond the map's name (“楼道”)."""
    name = _name(place, gazetteer)
    if not place.id:
        # “我们这幢” is said better by its number.
        words = gazetteer.words
        own = pattern((*words.home, *words.home_house))
        return "" if place.building else re.sub(f"^{own}", "", place.text)
    return place.text.removeprefix(name) if name and place.text.startswith(name) else ""
