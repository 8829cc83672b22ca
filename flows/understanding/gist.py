"""A text without its house numbers: they say where, and would only distract from what."""

import re
from functools import lru_cache

from flows.lexicon import Lexicon
from flows.understanding.normalise import normalise
from flows.understanding.phrases import pattern


def gist(text: str, lexicon: Lexicon) -> str:
    """Normalised; buildings, units, rooms and long numbers gone.

    >>> from locales.load import load_lexicon
    >>> gist("五幢一单元三零二 漏水了，13912345678", load_lexicon())
    '漏水了'
    """
    stop = lexicon.answers.full_stop
    plain = normalise(text, stop)
    return normalise(_numbers(lexicon).sub(stop, plain), stop)


@lru_cache(maxsize=8)
def _numbers(lexicon: Lexicon) -> re.Pattern[str]:
    numbers, places = lexicon.numbers, lexicon.places
    digit = f"[0-9{''.join((*numbers.digits, *numbers.ten, *numbers.hundred))}]"
    suffix = pattern((*places.building, *places.unit, *places.room, *places.mark))
    return re.compile(f"{digit}+{suffix}|{digit}{{3,}}")
