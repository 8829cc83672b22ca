"""“我家”, “我们楼道”, “我们那幢”: the resident's own flat, stairs and house."""

import re
from typing import TYPE_CHECKING

from flows.report import Place
from flows.understanding.phrases import pattern
from flows.understanding.spots import detail_behind

if TYPE_CHECKING:
    from flows.gazetteer import Gazetteer

_KNOWN, _ELSEWHERE, _UNKNOWN = 0.85, 0.8, 0.3
"""Confidence when the home is known, known but not to the gazetteer, and not known."""
_HOUSE, _STAIRS, _FLAT = 2, 3, 4
"""How many parts of the home's id are meant."""


def find_home(text: str, gazetteer: "Gazetteer", home: Place | None) -> Place | None:
    """The part of the home that was spoken of; in the resident's words when we do not know it."""
    words = gazetteer.words
    for phrases, depth in (
        (words.home_house, _HOUSE),
        (words.home_stair, _STAIRS),
        (words.home, _FLAT),
    ):
        match = re.search(pattern(phrases), text)
        if not match:
            continue
        detail = detail_behind(text[match.end() :], words)
        if home is None:
            own = next((word for word in words.indoor if match.group().endswith(word)), "")
            return Place(text=own + detail or match.group(), confidence=_UNKNOWN)
        if not home.id:
            return home.model_copy(update={"confidence": _ELSEWHERE})
        if depth == _FLAT and detail.startswith(words.shared):
            # “我家门口”: outside the flat.
            depth = _STAIRS
        known = gazetteer.place("/".join(home.id.split("/")[:depth])) or home
        own = next((word for word in words.shared if match.group().endswith(word)), "")
        own = "" if known.text.endswith(own) else own
        return known.model_copy(update={"text": known.text + (own or detail), "confidence": _KNOWN})
    return None
