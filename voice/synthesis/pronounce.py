"""Readings the engine's dictionaries get wrong, written into the text: `单[shan4]师傅`.

Written there, they reach an engine in another process, and a changed reading is a new text to the
cache while all others stay.
"""

import re
from collections.abc import Mapping

from pypinyin import Style, lazy_pinyin

_MARK = re.compile(r"\[([a-zü]+[1-5])\]")
_NUMERALS = "零〇一二三四五六七八九幺十百千万亿点第几两"
_ROW = "楼号幢栋单月日期区组门级层座室弄街"
"""Behind these 一 is the first of a row, and keeps its tone: “一楼”, “一号”."""
_FIXED = ("统", "唯", "万", "专", "划", "期", "拜", "周", "之", "其", "初", "同")
"""Before these it ends a word: “统一”, “礼拜一”."""


class Pronunciation:
    """`mark` is what `Cache` calls for every text."""

    def __init__(self, words: Mapping[str, str] = {}) -> None:
        """words: each with the syllables of its first characters, `{"单师傅": "shan4"}`."""
        self._words = {word: tuple(said.split()) for word, said in words.items()}
        self._longest = max(map(len, words), default=0)

    def mark(self, text: str) -> str:
        """The text with syllables behind the characters that need them.

        >>> Pronunciation({"单师傅": "shan4"}).mark("单师傅来了一次。")
        '单[shan4]师傅来了一[yi2]次。'
        """
        text, said = unmarked(text)
        at = 0
        while at < len(text):
            word = self._word_at(text, at)
            said.update(zip(range(at, at + len(word)), self._words.get(word, ()), strict=False))
            at += max(1, len(word))
        for at, character in enumerate(text):
            if at not in said and (syllable := _changed(text, at, character)):
                said[at] = syllable
        return "".join(
            f"{character}[{said[at]}]" if at in said else character
            for at, character in enumerate(text)
        )

    def _word_at(self, text: str, at: int) -> str:
        for length in range(min(self._longest, len(text) - at), 0, -1):
            if text[at : at + length] in self._words:
                return text[at : at + length]
        return ""


def unmarked(text: str) -> tuple[str, dict[int, str]]:
    """The bare text, and the syllables that stood in it by the place of their character.

    >>> unmarked("单[shan4]师傅")
    ('单师傅', {0: 'shan4'})
    """
    bare, said = "", {}
    for number, part in enumerate(_MARK.split(text)):
        if number % 2 == 0:
            bare += part
        elif bare:
            said[len(bare) - 1] = part
    return bare, said


def _changed(text: str, at: int, character: str) -> str:
    """What 一 becomes before another syllable, and 地 behind a doubled word; empty: nothing."""
    before, behind = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    if character == "地" and at > 1 and before == text[at - 2]:
        return "" if behind and behind in "上下方面板" else "de5"
    if character != "一" or not re.match("[\u3400-\u9fff]", behind):
        return ""
    if before and (before in _NUMERALS or before in _FIXED):
        return ""
    if behind in _ROW or (behind in _NUMERALS and behind not in "百千万点"):
        return ""
    if before == behind:
        return "yi5"  # 看一看
    following = lazy_pinyin(behind, style=Style.TONE3, neutral_tone_with_five=True)[0]
    return "yi2" if following.endswith(("4", "5")) else "yi4"
