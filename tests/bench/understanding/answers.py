"""Short answers in the light of what was asked: accuracy per intent, and the errors that hurt."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

from flows.community import Community
from flows.understanding.understand import understand
from flows.understanding.understanding import Understanding
from tests.bench.table import table

TITLE = "Answers: what a short reply means, by what was asked"
DATA = Path(__file__).parents[2] / "flows" / "data"
AT = datetime(2026, 11, 23, 20, 0, tzinfo=timezone(timedelta(hours=8)))


class Answer(NamedTuple):
    asked: str | None
    expected: tuple[str, ...]
    """Any of these is right: an intent; `yes weak` for no consent to build on; `correction`, with
    the slot and the value where they were said."""
    text: str


def answers(name: str = "held_out_answers") -> list[Answer]:
    """By an author who saw no lexicon, unless another set is named."""
    rows = (
        line.split("\t")
        for line in (DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    )
    return [
        Answer(None if asked == "-" else asked, tuple(expected.split("|")), text)
        for asked, expected, text in rows
    ]


def hear(answer: Answer, community: Community) -> Understanding:
    return understand(answer.text, asked=answer.asked, community=community, at=AT)


def is_right(answer: Answer, meaning: Understanding) -> bool:
    """Of a correction the slot must be right, too, where one was named."""
    for one in answer.expected:
        intent, *more = one.split()
        if meaning.intent.value != intent or (more == ["weak"] and not meaning.weak):
            continue
        slots = [correction.slot for correction in meaning.corrections]
        if intent != "correction" or not more or more[0] in slots:
            return True
    return False


def naive(answer: Answer) -> str:
    """不 or 没 means no, 对, 好 or 是 yes: the baseline."""
    if re.search("[不没错]", answer.text):
        return "no"
    return "yes" if re.search("[对好是行嗯]|可以", answer.text) else "unknown"


def _count(rows: list[Answer], right: Callable[[Answer], bool]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for row in rows:
        for name in (row.expected[0].split()[0], "all"):
            good, total = found[name]
            found[name] = (good + right(row), total + 1)
    return found


def lines(community: Community) -> Iterator[str]:
    rows = answers()
    heard = {row: hear(row, community) for row in rows}
    ours = _count(rows, lambda row: is_right(row, heard[row]))
    plain = _count(rows, lambda row: naive(row) in {one.split()[0] for one in row.expected})
    yield from table(
        ("intent", "texts", "right", "naive"),
        [
            (name, total, good / total, plain[name][0] / total)
            for name, (good, total) in sorted(ours.items(), key=lambda one: one[0] == "all")
        ],
    )
    yield ""
    yield "Errors that hurt: a yes where there was none."
    yield ""
    yield from table(
        ("said", "texts", "taken for yes", "of them sure", "naive"),
        [_taken(name, rows, heard) for name in ("correction", "no")],
    )


def _taken(
    intent: str, rows: list[Answer], heard: dict[Answer, Understanding]
) -> tuple[str, int, int, int, int]:
    said = [row for row in rows if all(one.split()[0] == intent for one in row.expected)]
    yes = [row for row in said if heard[row].yes_no == "yes"]
    sure = [row for row in yes if not heard[row].weak]
    return intent, len(said), len(yes), len(sure), sum(naive(row) == "yes" for row in said)
