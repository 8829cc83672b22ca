"""How well something said is understood over a telephone line."""

from pypinyin import lazy_pinyin
from rapidfuzz.distance import Levenshtein

from voice.codecs import alaw_decode, alaw_encode, resample
from voice.sound import Sound

_AS = str.maketrans("幢", "撞")
"""Said zhuàng; pypinyin says chuáng, which is a bed's curtain."""


def through_a_line(sound: Sound) -> Sound:
    """Through A-law, with half a second of quiet on both sides."""
    quiet = bytes(8000)
    return Sound(alaw_decode(alaw_encode(quiet + resample(sound, 8000).pcm + quiet)), 8000)


def syllables(text: str) -> list[str]:
    """Toneless, marks left out."""
    return lazy_pinyin("".join(c for c in text.translate(_AS) if c.isalpha()))


def errors(said: str, heard: str) -> int:
    """Syllables that differ."""
    return Levenshtein.distance(syllables(said), syllables(heard))
