"""Numbers as people say them: “十二”, “二零幺”, “两百零一”, “12”."""

import re
from functools import lru_cache

from flows.lexicon import NumberWords
from flows.understanding.normalise import syllables

TEN, HUNDRED = "T", "H"
NUMBER = "[0-9TH]"
"""Class of number symbols, for use in regular expressions over `symbols()`."""


@lru_cache(maxsize=8)
def _table(words: NumberWords) -> dict[str, str]:
    table = {str(digit): str(digit) for digit in range(10)}
    table |= {char: str(value) for char, value in words.digits.items()}
    table |= dict.fromkeys(words.ten, TEN)
    return table | dict.fromkeys(words.hundred, HUNDRED)


def symbol(char: str, words: NumberWords) -> str | None:
    """The number symbol a character stands for: a digit, `T` for ten, `H` for hundred."""
    return _table(words).get(char)


def value(symbols: str) -> int | None:
    """The number a run of symbols means; None when it means none.

    >>> value("T2"), value("2T4"), value("201"), value("2H01"), value("2H3T"), value("12")
    (12, 24, 201, 201, 230, 12)
    >>> value("TT") is None
    True
    """
    if symbols.isdigit():
        return int(symbols)
    match = re.fullmatch(r"(?:(\d)H0?)?(?:(\d?)T)?(\d*)", symbols)
    if not match or not symbols or len(match[3]) > 2:
        return None
    hundreds, tens, ones = match.groups()
    total = int(hundreds) * 100 if hundreds else 0
    if tens is not None:
        total += (int(tens) if tens else 1) * 10
    if not ones:
        return total or None
    # “两百零一” leaves “01”; “两百一” would be 210 to some and is not a room.
    return total + int(ones) if tens is None or len(ones) == 1 else None


def in_words(text: str, words: NumberWords) -> str:
    """The text with its figures as they are said: “12号门” → “十二号门”, “101室” → “一零一室”."""
    if not any("0" <= char <= "9" for char in text):
        return text
    chars = {str(value): char for char, value in reversed(words.digits.items())}
    ten = words.ten[0]

    def say(match: re.Match[str]) -> str:
        digits = match.group()
        if len(digits) == 2 and digits[0] != "0":
            tens = "" if digits[0] == "1" else chars[digits[0]]
            return tens + ten + ("" if digits[1] == "0" else chars[digits[1]])
        return "".join(chars[digit] for digit in digits)

    return re.sub(r"[0-9]+", say, text)


def digit_runs(text: str, words: NumberWords, loose: bool = False) -> list[str]:
    """Runs of spoken digits, joined over what people put between them, longest first.

    loose: also read misheard characters by their sound (“要” for 幺).

    >>> from locales.load import load_community
    >>> numbers = load_community().lexicon.numbers
    >>> digit_runs("幺三八嗯零零一三，八零零零", numbers)
    ['13800138000']
    """
    table = _table(words)
    sounds = syllables(text) if loose else ()
    joiners = sorted(words.joiners, key=len, reverse=True)
    runs: list[str] = []
    current, gap, at = "", 0, 0
    while at < len(text):
        digit = table.get(text[at]) or (words.syllables.get(sounds[at]) if loose else None)
        if digit is not None and digit.isdigit():
            current, gap, at = current + digit, 0, at + 1
            continue
        joiner = next((j for j in joiners if text.startswith(j, at)), None) if current else None
        if joiner and gap < 2:
            gap, at = gap + 1, at + len(joiner)
            continue
        if current:
            runs.append(current)
        current, gap, at = "", 0, at + 1
    if current:
        runs.append(current)
    return sorted(runs, key=len, reverse=True)
