"""Spots the gazetteer need not know (“楼道”, “菜场门口”), and what is said of a place behind its
name (“东大门进来左手第二幢”)."""

import re
from functools import lru_cache

from flows.lexicon import PlaceWords
from flows.understanding.phrases import pattern


def find_spot(text: str, words: PlaceWords) -> tuple[str, bool] | None:
    """A spot, and whether every house has one (so that it does not say where)."""
    around = pattern(words.around)
    for spots, indoor in ((words.outdoor, False), (words.indoor, True)):
        match = re.search(f"{pattern(spots)}(?:{around})?", text)
        if match:
            return match.group(), indoor
    return None


@lru_cache(maxsize=8)
def _behind(words: PlaceWords) -> re.Pattern[str]:
    link = pattern(words.between)
    way = pattern({*words.route, *words.around} - {*words.between})
    ordinal = f"{pattern(words.ordinal)}.{{1,2}}{pattern(words.building)}"
    spot = f"(?:{pattern((*words.indoor, *words.outdoor))})"
    return re.compile(
        f"(?:{link}|[|])*(?P<detail>(?:{way}|{ordinal}|{spot}|{link})*(?:{way}|{ordinal}|{spot}))"
    )


def detail_behind(text: str, words: PlaceWords) -> str:
    """How the words directly behind a place go on describing it; empty when they do not."""
    match = _behind(words).match(text)
    return match["detail"].replace("|", "") if match else ""
