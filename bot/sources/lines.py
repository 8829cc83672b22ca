"""Each source's precision as the board shows it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot.sources.answer import kind_name
from bot.sources.precision import Precision, precisions
from bot.sources.profile import Source
from bot.tickets.house import house


@dataclass(frozen=True)
class Line:
    source: str
    kind: str
    """Empty for all of a source's kinds."""
    judged: int
    percent: str
    """Empty when nobody has judged any."""
    weeks: tuple[str, ...]
    muted: bool


def source_lines(session: Session) -> list[Line]:
    """Every source, then its kinds."""
    about = house(session)
    lines = []
    for source in about.sources:
        whole, kinds = precisions(session, source, about.clock())
        lines.append(_line(source, "", whole))
        lines += [
            _line(source, kind_name(source, code), one) for code, one in sorted(kinds.items())
        ]
    return lines


def _line(source: Source, kind: str, one: Precision) -> Line:
    known = one.last.precision
    return Line(
        source=source.title,
        kind=kind,
        judged=one.last.judged,
        percent=_percent(known),
        weeks=tuple(_percent(week.precision) or "–" for week in one.weeks),
        muted=bool(kind)
        and known is not None
        and one.last.judged >= source.judged
        and known < source.precision,
    )


def _percent(value: float | None) -> str:
    return "" if value is None else f"{round(value * 100)}%"
