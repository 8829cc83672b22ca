"""Texts as WeChat takes them: clean, and in pieces."""

import re

LIMIT = 600
"""Characters in one message: WeChat's limit is 2,048 bytes, three to a Chinese character."""

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 does not allow; one such character makes WeChat drop the whole reply."""


def legal(text: str) -> str:
    """Without what no XML may hold; residents paste such characters, and WeChat passes them on."""
    return _ILLEGAL.sub("", text)


def clean(text: str) -> str:
    """Safe inside CDATA: wechatpy puts texts there as they are, and `]]>` would end it.

    >>> clean("a]]><b>\\x00")
    'a]]＞<b>'
    """
    return legal(text).replace("]]>", "]]＞")


def split(text: str, limit: int = LIMIT) -> list[str]:
    """In pieces of at most `limit` characters and 2,040 bytes, cut at line or sentence ends.

    >>> split("一句。二句。三", limit=4)
    ['一句。', '二句。三']
    """
    pieces = []
    rest = text.strip()
    while rest:
        size = _fitting(rest, limit)
        if size < len(rest):
            ends = [rest.rfind(mark, 0, size) for mark in ("\n", "。", "；", "！", "？")]
            # A cut in the first half would make more messages than the budget has room for.
            size = max(ends) + 1 if max(ends) >= size // 2 else size
        pieces.append(rest[:size].strip())
        rest = rest[size:].strip()
    return pieces


def _fitting(text: str, limit: int) -> int:
    size = min(len(text), limit)
    while len(text[:size].encode()) > 2040:
        size -= 50
    return size
