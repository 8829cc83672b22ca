"""What is personal is taken out before words leave this machine."""

import re
from collections.abc import Iterable

_HIDDEN = "＊"
_DIGIT = "[0-9零〇一二三四五六七八九幺两]"
_LONG = re.compile(f"{_DIGIT}(?:[-， ]?{_DIGIT}){{5,}}")
"""Phone, ticket and identity numbers, in figures or words."""
_ROOM = re.compile(f"{_DIGIT}{{3,4}}(?=室|号房|$|[^点分天年元块个])|{_DIGIT}百零?{_DIGIT}")
_NAME = re.compile(
    r"(?<=姓)[\u4e00-\u9fff]|(?<=我叫)[\u4e00-\u9fff]{2,3}|(?<=名字[是叫])[\u4e00-\u9fff]{2,3}"
)


def mask(text: str, known: Iterable[str | None] = ()) -> str:
    """The text without phone numbers, rooms and names; known: what the ticket says these are.

    >>> mask("我叫陈小妹，三幢二单元501室漏水，电话13800001234", ["陈小妹"])
    '我叫＊，三幢二单元＊室漏水，电话＊'
    """
    for word in sorted((word for word in known if word), key=len, reverse=True):
        text = text.replace(word, _HIDDEN)
    for pattern in (_LONG, _ROOM, _NAME):
        text = pattern.sub(_HIDDEN, text)
    return text
