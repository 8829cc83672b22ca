"""What of a place and of words the public may see: where in the estate, never at whose door."""

import re

from flows.gazetteer import Gazetteer

_ROOM = re.compile(r"[0-9０-９零〇一二三四五六七八九幺两]{3,}\s*(?:室|号房)?")


def public_place(text: str, place_id: str | None, gazetteer: Gazetteer) -> str:
    """The place down to the unit. A place the gazetteer does not know keeps its words, without
    anything that may be a room or a telephone number (three digits or more in a row)."""
    known = gazetteer.place("/".join(place_id.split("/")[:3])) if place_id else None
    return known.text if known else _ROOM.sub("", text).strip()


def public_place_id(place_id: str | None) -> str:
    """A place id down to the unit.

    >>> public_place_id("hm/3/2/501")
    'hm/3/2'
    """
    return "/".join((place_id or "").split("/")[:3])
