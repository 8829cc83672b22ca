"""The fields of a template message, cut to what WeChat takes (its rules of 2023)."""

import re

_LONGEST = {
    "thing": 20, "phrase": 5, "character_string": 32, "const": 20, "number": 32, "letter": 32,
    "name": 10, "car_number": 8, "phone_number": 17, "short_thing": 5,
}  # fmt: skip
"""Characters, by the letters of the field's name (`thing3`). Longer ones are refused: 47003."""
_FIELD = re.compile(r"([a-z_]+?)\d+")
_WIDE = re.compile(r"[^\x20-\x7e]")


def fit(name: str, value: str) -> str:
    """
    >>> fit("thing1", "和睦新村三幢二单元楼道里的路灯坏了好几天了")
    '和睦新村三幢二单元楼道里的路灯坏了好几…'
    >>> fit("character_string2", "单号572005")
    '572005'
    """
    found = _FIELD.fullmatch(name)
    kind = found[1] if found else ""
    plain = " ".join(value.split())
    if kind in ("character_string", "number", "letter"):
        plain = _WIDE.sub("", plain)
    longest = _LONGEST.get(kind, 20)
    if len(plain) <= longest:
        return plain or "-"
    return plain[:longest] if longest <= 5 else plain[: longest - 1] + "…"
