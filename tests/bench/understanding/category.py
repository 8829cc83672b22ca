"""Accuracy of the category, per set of texts."""

from collections.abc import Iterator

from flows.community import Community
from flows.understanding.category import model_of
from tests.bench.table import table
from tests.bench.understanding.texts import SETS, Labelled, read

TITLE = "Category: which of the 28 kinds"


def lines(community: Community) -> Iterator[str]:
    sets = {name: rows for name in SETS if (rows := read(name))}
    yield from table(
        ("set", "texts", "right", "in the first three"),
        [(name, len(rows), *_right(community, rows)) for name, rows in sets.items()],
    )


def _right(community: Community, rows: list[Labelled]) -> tuple[float, float]:
    found = [model_of(community.lexicon).classify(row.text) for row in rows]
    first = [c is not None and c.code == row.code for c, row in zip(found, rows, strict=True)]
    three = [c is not None and row.code in c.top for c, row in zip(found, rows, strict=True)]
    return sum(first) / len(rows), sum(three) / len(rows)
