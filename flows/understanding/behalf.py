"""Speaking for somebody else (“我帮我妈报的”): who it is about."""

import re
from functools import lru_cache
from typing import NamedTuple

from flows.lexicon import BehalfWords
from flows.understanding.phrases import pattern

_SHORTEST = 3


class Behalf(NamedTuple):
    who: str
    """Whom the report is about when it is not the speaker, in their words; else empty."""
    matter: str
    """The text without that clause, where anything else was said."""


@lru_cache(maxsize=8)
def _spoken_for(words: BehalfWords) -> re.Pattern[str]:
    return re.compile(
        f"{pattern(words.instead)}(?P<who>.{{0,6}}{pattern(words.people)}).{{0,4}}?"
        f"{pattern(words.doing)}{pattern(words.particles)}?"
    )


def find_behalf(text: str, words: BehalfWords) -> Behalf:
    """`text` is normalised."""
    found = _spoken_for(words).search(text)
    if not found:
        return Behalf("", text)
    rest = text[: found.start()] + text[found.end() :]
    return Behalf(found["who"], rest if len(rest) > _SHORTEST else text)
