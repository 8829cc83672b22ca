"""“三幢的”, “就是东门那里”: a place, and not a word of any matter."""

import re

from flows.community import Community
from flows.understanding.numbers import symbol
from flows.understanding.phrases import pattern

_LONGEST = 16
"""Characters; who says more tells a story."""


def is_only_where(plain: str, community: Community) -> bool:
    """`plain` is normalised, and a place was found in it."""
    if len(plain) > _LONGEST:
        return False
    rest = list(plain)
    for hit in community.gazetteer.names.find(plain):
        if hit.exact:
            rest[hit.start : hit.end] = " " * (hit.end - hit.start)
    said = "".join(char for char in rest if symbol(char, community.lexicon.numbers) is None)
    words = community.lexicon.places
    parts = (*words.building, *words.unit, *words.floor, *words.room, *words.mark)
    spots = (*words.between, *words.around, *words.indoor, *words.outdoor)
    known = pattern((*parts, *spots, *community.lexicon.answers.fillers))
    return not re.sub(f"{known}|[^\\w]", "", said)
