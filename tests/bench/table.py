"""Tables for a terminal that also read as Markdown."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence


def table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of a table: the first column flush left, the others right; floats with 3 places.

    >>> for line in table(("kind", "right"), [("灯", 0.5)]):
    ...     print(line)
    | kind | right |
    | ---- | ----- |
    | 灯   | 0.500 |
    """
    cells = [[_text(cell) for cell in row] for row in (head, *rows)]
    widths = [max(_width(row[at]) for row in cells) for at in range(len(head))]
    for number, row in enumerate(cells):
        padded = [_pad(cell, widths[at], right=at > 0) for at, cell in enumerate(row)]
        yield f"| {' | '.join(padded)} |"
        if number == 0:
            yield f"| {' | '.join('-' * width for width in widths)} |"


def _text(cell: object) -> str:
    return f"{cell:.3f}" if isinstance(cell, float) else str(cell)


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _pad(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space
