"""Danger: recall by kind, alarms and questions over what is none; clean and as misheard."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from flows.community import Community
from flows.understanding.emergency import Danger
from flows.understanding.normalise import normalise
from tests.bench.table import table
from tests.bench.understanding.noise import corrupt

TITLE = "Emergencies: present danger, and what only sounds like it"
DATA = Path(__file__).parents[2] / "flows" / "data"

_NAIVE = re.compile(
    "着火|起火|火灾|煤气|燃气|漏气|晕倒|昏迷|摔倒|跌倒|流血|骨折|救命|救护车|120|119|110|报警|小偷|抢劫"
    "|打人|打架|刀|自杀|跳楼|不想活|被困|电梯困|触电|落水|中毒|走丢|走失|不见了"
)
"""What one would write down first: the baseline."""


def expected(name: str = "held_out_emergencies") -> list[tuple[str, str, str]]:
    """Rows of (`present`, `ask` or `none`; kind; text), by an author who saw no lexicon."""
    rows = (line.split("\t") for line in _lines(name))
    return [(row[0], row[1], row[2]) for row in rows]


def ordinary() -> list[str]:
    """Ordinary talk, by the same author; the latter part holds alarming words."""
    return _lines("held_out_ordinary")


def _lines(name: str) -> list[str]:
    text = (DATA / f"{name}.tsv").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def danger(text: str, community: Community) -> Danger:
    plain = normalise(text, community.lexicon.answers.full_stop)
    return community.emergencies.find(plain).danger


def naive(text: str) -> Danger:
    return Danger.PRESENT if _NAIVE.search(text) else Danger.NONE


def _shares(found: Iterable[Danger]) -> tuple[float, float]:
    """The share of alarms, and that of alarms or questions."""
    count = Counter(found)
    total = count.total()
    return count[Danger.PRESENT] / total, 1 - count[Danger.NONE] / total


def lines(community: Community) -> Iterator[str]:
    rows, calm = expected(), ordinary()
    yield "Present danger: share alarmed at once, and alarmed or asked."
    yield ""
    present = [(kind, text) for wanted, kind, text in rows if wanted == "present"]
    kinds = sorted({kind for kind, _ in present})
    yield from table(
        ("kind", "texts", "at once", "or asked", "keywords"),
        [
            _row(kind, [text for k, text in present if kind in (k, "all")], community)
            for kind in (*kinds, "all")
        ],
    )
    yield ""
    yield "No present danger: the same shares, of a thousand (fewer is better)."
    yield ""
    sets = {
        "past, told, feared: one question is right": [t for w, _, t in rows if w == "ask"],
        "idioms and the like": [t for w, _, t in rows if w == "none"],
        "ordinary talk": calm[:272],
        "ordinary talk with alarming words": calm[272:],
        "ordinary reports": [line.split("\t")[1] for line in _lines("held_out_reports")],
        "ordinary tickets, as operators write": [
            line.split("\t")[1] for line in _lines("held_out_tickets")
        ],
    }
    yield from table(
        ("set", "texts", "alarms", "alarms or questions", "keywords"),
        [
            (name, len(texts), *(round(share * 1000) for share in _row("", texts, community)[2:]))
            for name, texts in sets.items()
        ],
    )
    yield from _misheard([text for _, text in present], calm, community)


def _row(name: str, texts: list[str], community: Community) -> tuple[str, int, float, float, float]:
    alarmed, asked = _shares(danger(text, community) for text in texts)
    return name, len(texts), alarmed, asked, _shares(map(naive, texts))[0]


def _misheard(present: list[str], calm: list[str], community: Community) -> Iterator[str]:
    yield ""
    yield "As recognisers mishear (share of characters wrong; one reading, no alternatives)."
    yield ""
    rows = []
    for share in (0.0, 0.1, 0.2, 0.3):
        heard = [corrupt(text, share, 1) for text in present]
        alarmed, asked = _shares(danger(text, community) for text in heard)
        false = _shares(danger(corrupt(text, share, 1), community) for text in calm)[0]
        rows.append(
            (f"{share:.0%}", alarmed, asked, _shares(map(naive, heard))[0], round(false * 1000))
        )
    yield from table(
        ("wrong", "at once", "or asked", "keywords", "alarms per 1,000 ordinary"), rows
    )
