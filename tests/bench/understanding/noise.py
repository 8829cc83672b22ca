"""Corrupts text the way recognisers of telephone Mandarin do. Frozen: change it and every noise
curve before the change means something else.

The mix was counted in 21,000 lines of real telephone recognition: of the substitutions 28 % keep
the toneless pinyin, 7 % are equal to an accent, 31 % share the initial or the final, 34 % are far;
deletions outnumber insertions 4 to 1. That three of four errors are substitutions is assumed.
"""

import re
from bisect import bisect
from collections import defaultdict
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random

from pypinyin import Style, lazy_pinyin

_SUBSTITUTED, _DELETED = 0.75, 0.95
"""Of all errors up to here; the rest are insertions."""
_SOUND, _ACCENT, _PART = 0.28, 0.35, 0.66
"""Of the substitutions up to here; the rest are far."""
_CHARACTERS = Path(__file__).with_name("characters.txt")
"""What a recogniser is assumed to write: the 3,000 commonest characters, the commonest first (by
the word counts of jieba 0.42.1)."""

_Pool = tuple[list[str], list[float]]


def corrupt(text: str, share: float, seed: int) -> str:
    """About `share` of the Chinese characters wrong; the same for the same arguments.

    >>> corrupt("楼道里的灯不亮了", 0.0, 1)
    '楼道里的灯不亮了'
    """
    # Only `random()` is used: its sequence is the same in every version of Python.
    chance = Random(f"{seed}|{share}|{text}")
    return "".join(_heard(char, chance) if chance.random() < share else char for char in text)


def _heard(char: str, chance: Random) -> str:
    if not "一" <= char <= "鿿":
        return char
    kind = chance.random()
    if kind >= _DELETED:
        return char + _pick(_pools()["*"], chance, "")
    if kind >= _SUBSTITUTED:
        return ""
    sound = _sound(char)
    initial, final = _parts(sound)
    kind = chance.random()
    if kind < _SOUND:
        wanted = f"={sound}"
    elif kind < _ACCENT:
        wanted = f"~{_accent(sound)}"
    elif kind < _PART:
        wanted = f"{initial}-" if chance.random() < 0.5 and initial else f"-{final}"
    else:
        wanted = "*"
    return _pick(_pools().get(wanted, _pools()["*"]), chance, char)


def _pick(pool: _Pool, chance: Random, but: str) -> str:
    """A character of the pool by how common it is; another than `but` if there is one."""
    chars, sums = pool
    for _ in range(8):
        found = chars[min(bisect(sums, chance.random() * sums[-1]), len(chars) - 1)]
        if found != but:
            return found
    return but


@cache
def _pools() -> dict[str, _Pool]:
    """The commonest characters by `=sound`, `~accent`, `initial-`, `-final`, and all as `*`."""
    pools: dict[str, dict[str, float]] = defaultdict(dict)
    common = _CHARACTERS.read_text(encoding="utf-8").replace("\n", "")
    for rank, char in enumerate(common, 1):
        sound = _sound(char)
        initial, final = _parts(sound)
        for key in (f"={sound}", f"~{_accent(sound)}", f"{initial}-", f"-{final}", "*"):
            pools[key][char] = rank**-0.5
    return {key: (list(pool), list(accumulate(pool.values()))) for key, pool in pools.items()}


@cache
def _sound(char: str) -> str:
    return str(lazy_pinyin(char, style=Style.NORMAL)[0])


def _parts(sound: str) -> tuple[str, str]:
    """Initial and final as pinyin writes them; y and w count as initials."""
    match = re.fullmatch("([zcs]h|[bpmfdtnlgkhjqxrzcsyw])?(.*)", sound)
    assert match
    return match[1] or "", match[2]


def _accent(sound: str) -> str:
    """What is one to a Wu accent: zh/z, ch/c, sh/s, n/l, f/h, and the nasal endings."""
    initial, final = _parts(sound)
    initial = {"zh": "z", "ch": "c", "sh": "s", "n": "l", "f": "h"}.get(initial, initial)
    return initial + re.sub("(?<=[aei])ng$", "n", final)
