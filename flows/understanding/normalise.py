"""One plain form for typed and recognised text, so that every matcher sees the same."""

import re
import unicodedata
from functools import lru_cache
from typing import cast

from pypinyin import Style, lazy_pinyin
from pypinyin.contrib.mmseg import seg

LONGEST = 2000
"""Characters looked at; a resident's report is far below, a pasted novel above."""


@lru_cache(maxsize=512)
def normalise(text: str, stop: str) -> str:
    """Full-width to half-width, lower case, no spaces, any punctuation as one `stop`.

    >>> normalise("３幢 灯，不亮！！OK", "|")
    '3幢灯|不亮|ok'
    """
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).lower()
    out: list[str] = []
    for at, char in enumerate(plain):
        if char.isspace():
            # A space between two Latin words or numbers separates; between Chinese it is noise.
            before, after = plain[at - 1 : at], plain[at + 1 : at + 2]
            if before.isascii() and before.isalnum() and after.isascii() and after.isalnum():
                out.append(stop)
        elif char in "-#":
            out.append(char)
        elif unicodedata.category(char)[0] in "PSC":
            out.append(stop)
        else:
            out.append(char)
    return re.sub(f"{re.escape(stop)}+", stop, "".join(out)).strip(stop)


@lru_cache(maxsize=2048)
def syllables(text: str) -> tuple[str, ...]:
    """Toneless pinyin, one per character; what has none stays as it is.

    >>> syllables("灯x亮")
    ('deng', 'x', 'liang')
    """
    # Word by word: what stands in the same word decides which of a character's readings is meant.
    found = tuple(sound for word in seg.cut(text) for sound in _word(word))
    return found if len(found) == len(text) else tuple(syllable(char) for char in text)


@lru_cache(maxsize=32768)
def _word(word: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(word, style=Style.NORMAL, errors=_apart))


def _apart(run: str) -> str:
    """What has no pinyin, character by character (pypinyin takes a list; its stub says text)."""
    return cast(str, list(run))


@lru_cache(maxsize=8192)
def syllable(char: str) -> str:
    """Toneless pinyin of one character by itself."""
    return _word(char)[0]
