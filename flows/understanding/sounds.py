"""How alike two syllables sound over a bad line, from somebody with an accent."""

from functools import lru_cache

from flows.lexicon import PlaceWords

ACCENT, PARTLY, APART = 0.2, 0.5, 1.0
"""Cost of one syllable heard for another: an accent apart, one half the same, neither."""
_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")


@lru_cache(maxsize=2048)
def split(sound: str) -> tuple[str, str]:
    """Initial and final of a toneless pinyin syllable.

    >>> split("zhuang"), split("an")
    (('zh', 'uang'), ('', 'an'))
    """
    initial = next((i for i in _INITIALS if sound.startswith(i)), "")
    return initial, sound[len(initial) :]


@lru_cache(maxsize=8192)
def merge(sound: str, words: PlaceWords) -> str:
    """The syllable with confusable initials and finals folded together."""
    initial, final = split(sound)
    for a, b in words.confusable:
        initial = b if initial == a else initial
        final = b if final == a else final
    return initial + final


@lru_cache(maxsize=65536)
def apart(a: str, b: str, words: PlaceWords) -> float:
    """Cost 0…1 of having heard one syllable for the other."""
    if a == b:
        return 0.0
    first, second = merge(a, words), merge(b, words)
    if first == second:
        return ACCENT
    (ai, af), (bi, bf) = split(first), split(second)
    return PARTLY if af and (ai == bi or af == bf) else APART
