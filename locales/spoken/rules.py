"""Free text made speakable, rule after rule: the more special form first."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from locales.spoken.spoken import Spoken

_HAN = "\u3400-\u9fff\u3007"
_MARKS = "，。？！、；："
_STRONGEST = "？！。；：，、"
_HALF_WIDTH = str.maketrans(
    {",": "，", ".": "。", "?": "？", "!": "！", ";": "；", ":": "：", "(": "，", ")": "，",
     "[": "，", "]": "，", "|": "，", "/": "，", "\n": "。", "-": "，", "—": "，", "–": "，"}
)  # fmt: skip
_TO = "[-~—–至到]"
_NUMBER = r"\d+(?:\.\d+)?"

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


class Rules:
    """The rules of one language; `apply` runs them in order."""

    def __init__(self, spoken: "Spoken") -> None:
        self._spoken = spoken
        self._words = {_plain(word): said for word, said in spoken.words.items()}
        self._units = {_plain(unit): said for unit, said in spoken.units.items()}
        self._rules = tuple(self._all())

    def apply(self, text: str) -> str:
        """Only Chinese characters and Chinese marks are left."""
        text = unicodedata.normalize("NFKC", text.replace("…", "，"))
        if re.search("[0-9A-Za-z]", text):  # most of what is said has no need of any
            for pattern, say in self._rules:
                text = pattern.sub(say, text)
        text = "".join(self._spoken.signs.get(char, char) for char in text)
        text = re.sub(r"[A-Za-z]", lambda m: self._spoken.letters[m[0].lower()], text)
        # A space between two Chinese words was typed for a comma.
        text = re.sub(rf"(?<=[{_HAN}])[ \t\u3000]+(?=[{_HAN}])", "，", text)
        text = text.translate(_HALF_WIDTH)
        # Whatever is left of other scripts or symbols has no sound.
        text = re.sub(f"[^{_HAN}{_MARKS}“”]", "", text)
        return re.sub(f"[{_MARKS}]+", _strongest, text).lstrip(_MARKS)

    def _all(self) -> Iterable[Rule]:
        s = self._spoken
        n, d, units = s.numbers, s.dates, self._units
        ordinals, quantities = _any(s.ordinals), _any(s.quantities)
        unit = _any(units)
        yield _rule(r"(?:https?://|www\.)[!-~]+|[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+", lambda m: "")
        yield _rule(r"(?<=\d),(?=\d{3}(?!\d))", lambda m: "")
        word = rf"(?<![A-Za-z0-9])(?:{_any(self._words)})(?![A-Za-z])"
        yield _rule(word, lambda m: self._words[m[0].lower()])
        # Days and hours
        yield _rule(
            r"(\d{4})(?:年|[-./](?=\d{1,2}[-./月]))(\d{1,2})[-./月](\d{1,2})(?!\d)[日号]?",
            lambda m: d.year(n, m[1]) + d.date(n, int(m[2]), int(m[3])),
        )
        yield _rule(
            rf"(\d{{1,2}})月(\d{{1,2}})[日号]?{_TO}(\d{{1,2}})[日号]",
            lambda m: f"{d.date(n, int(m[1]), int(m[2]))}{n.span}{n.cardinal(int(m[3]))}号",
        )
        yield _rule(r"(\d{1,2})月(\d{1,2})(?!\d)[日号]?", lambda m: d.date(n, int(m[1]), int(m[2])))
        yield _rule(r"(\d{4})(?=年)", lambda m: n.year(m[1]))
        clock = r"([01]?\d|2[0-4]):([0-5]\d)(?::[0-5]\d)?(?!\d)"
        yield _rule(
            rf"(?<!\d){clock}(?:{_TO}{clock})?",
            lambda m: self._clock(m, 1) + (n.span + self._clock(m, 3) if m[3] else ""),
        )
        # Telephone numbers
        yield _rule(r"(?<!\d)(?:\d{3,4}[- ])?\d{7,}(?!\d)", lambda m: s.phone(m[0]))
        yield _rule(r"(?<!\d)\d{3,4}(?:[- ]\d{3,4}){2}(?!\d)", lambda m: s.phone(m[0]))
        # Degrees, parts of a hundred, money, units
        yield _rule(
            rf"(-?)({_NUMBER})\s*(?:°c|度)",
            lambda m: (s.minus if m[1] else "") + n.decimal(m[2], counting=True) + "度",
        )
        yield _rule(
            rf"({_NUMBER})(?:%?{_TO}({_NUMBER}))?%",
            lambda m: n.percent.format(
                number=n.decimal(m[1]) + (n.span + n.decimal(m[2]) if m[2] else "")
            ),
        )
        yield _rule(rf"[¥￥]\s*({_NUMBER})|({_NUMBER})\s*元", lambda m: self._money(m[1] or m[2]))
        yield _rule(
            rf"({_NUMBER})(?:{_TO}({_NUMBER}))?\s*({unit})(?![A-Za-z])",
            lambda m: self._range(m[1], m[2], counting=True) + units[m[3].lower()],
        )
        # Floors and numbered things written with letters and signs
        yield _rule(
            r"(?<![A-Za-z\d])(?:B|-)(\d)(?![\d.])(?:楼|层)?",
            lambda m: s.basement.format(number=n.cardinal(int(m[1]))),
        )
        yield _rule(
            r"(\d{1,2})F(?![A-Za-z])", lambda m: s.storey.format(number=n.cardinal(int(m[1])))
        )
        yield _rule(
            r"#(\d{1,3})|(\d{1,3})#",
            lambda m: s.number.format(number=n.cardinal(int(m[1] or m[2]))),
        )
        yield _rule(
            r"(\d)室(?:(\d)厅)(?:(\d)卫)?",
            lambda m: "".join(
                n.count(int(digit)) + name
                for digit, name in zip(m.groups(), "室厅卫", strict=True)
                if digit
            ),
        )
        # How many, and which
        yield _rule(r"(?<=第)(\d{1,4})(?!\d)", lambda m: n.cardinal(int(m[1])))
        yield _rule(
            rf"(\d{{1,4}}){_TO}(\d{{1,4}})(?=({quantities}|楼|层|号|月|幢|栋|日))",
            lambda m: self._either(m),
        )
        yield _rule(
            rf"(?<![\d.])({_NUMBER})(?=\s*(?:层楼|年级|号线|号楼|{ordinals}|{quantities}))",
            lambda m: self._figure(m, ordinals, quantities),
        )
        yield _rule(r"(\d+)\s*[- ]\s*(?=\d)", lambda m: self._bare(m[1]) + s.pause)
        yield _rule(r"(?<!\d)(\d+\.\d+)(?![\d.])", lambda m: n.decimal(m[1]))
        yield _rule(r"\d+", lambda m: self._bare(m[0]))

    def _clock(self, m: re.Match[str], group: int) -> str:
        """“明早八点半”: the part of the day is named once."""
        named = group == 1 and m.string[: m.start()].endswith(("早", "上", "晚", "午", "晨", "夜"))
        hour, minute = int(m[group]), int(m[group + 1])
        return self._spoken.dates.clock(self._spoken.numbers, hour, minute, period=not named)

    def _money(self, amount: str) -> str:
        """“三块五”, “两百块”."""
        n, money = self._spoken.numbers, self._spoken.money
        whole, _, rest = amount.partition(".")
        if len(rest) == 1 and rest != "0":
            return n.count(int(whole)) + money + n.cardinals[int(rest)]
        return n.decimal(amount if rest.strip("0") else whole, counting=True) + money

    def _range(self, first: str, last: str | None, *, counting: bool) -> str:
        n = self._spoken.numbers
        said = n.decimal(first, counting=counting)
        return said + n.span + n.decimal(last, counting=counting) if last else said

    def _either(self, m: re.Match[str]) -> str:
        """“三到五天”; where the first is not the smaller, two numbers beside each other."""
        first, last, what = m.groups()
        if int(first) >= int(last):
            return self._bare(first) + self._spoken.pause + last
        return self._range(first, last, counting=what in self._spoken.quantities)

    def _figure(self, m: re.Match[str], ordinals: str, quantities: str) -> str:
        n, figures = self._spoken.numbers, m[1]
        if "." in figures:
            return n.decimal(figures)
        behind = m.string[m.end() :].lstrip()
        row = re.match(ordinals, behind)
        many = re.match(quantities, behind)
        counted = many and (not row or len(many[0]) > len(row[0]))
        if len(figures) > 4 and not counted:
            return self._bare(figures)
        if figures.startswith("0") and len(figures) > 1:
            # “08月” and “05分”, but a room's number keeps its zero.
            return n.cardinal(int(figures)) if len(figures) == 2 else n.spell(figures)
        return n.count(int(figures)) if counted else n.cardinal(int(figures))

    def _bare(self, figures: str) -> str:
        """A number nothing is said about: up to two digits as one number, longer ones spelt."""
        n = self._spoken.numbers
        short = len(figures) < 3 and not (figures.startswith("0") and len(figures) > 1)
        return n.cardinal(int(figures)) if short else n.spell(figures)


def _rule(pattern: str, say: Callable[[re.Match[str]], str]) -> Rule:
    return re.compile(pattern, re.IGNORECASE), say


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _strongest(run: re.Match[str]) -> str:
    return min(run[0], key=_STRONGEST.index)
