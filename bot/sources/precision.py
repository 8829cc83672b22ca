"""How often people confirm what a source says: over all, by kind, and week by week."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.sources.answer import RIGHT, WRONG
from bot.sources.profile import Source
from bot.storage.tables import Alert

DAYS = 30
WEEKS = 8


@dataclass
class Tally:
    right: int = 0
    wrong: int = 0

    @property
    def judged(self) -> int:
        return self.right + self.wrong

    @property
    def precision(self) -> float | None:
        """0…1; None as long as nobody has judged any."""
        return self.right / self.judged if self.judged else None

    def add(self, state: str, reason: str) -> None:
        """“已经有人报了” was right, “看不清” is neither."""
        if state == "confirmed" or reason in RIGHT:
            self.right += 1
        elif reason in WRONG:
            self.wrong += 1


@dataclass
class Precision:
    """One source, or one of its kinds."""

    last: Tally = field(default_factory=Tally)
    """Of the last 30 days."""
    weeks: list[Tally] = field(default_factory=lambda: [Tally() for _ in range(WEEKS)])
    """The oldest first."""


def precisions(
    session: Session, source: Source, now: datetime
) -> tuple[Precision, dict[str, Precision]]:
    """Of the source as a whole, and by its kinds' codes. A question counts once, whatever was
    folded into it."""
    since = now - timedelta(weeks=WEEKS)
    query = select(Alert.kind, Alert.state, Alert.reason, Alert.answered).where(
        Alert.source == source.name,
        Alert.state.in_(("confirmed", "dismissed")),
        Alert.answered >= since,
    )
    whole, kinds = Precision(), dict[str, Precision]()
    for kind, state, reason, answered in session.execute(query):
        age = now - answered if answered else timedelta()
        week = WEEKS - 1 - min(max(age.days, 0) // 7, WEEKS - 1)
        for one in (whole, kinds.setdefault(kind, Precision())):
            one.weeks[week].add(state, reason)
            if age < timedelta(days=DAYS):
                one.last.add(state, reason)
    return whole, kinds


def is_muted(session: Session, source: Source, kind: str, now: datetime) -> bool:
    """Whether this kind of this source was wrong too often within 30 days to interrupt anybody."""
    one = precisions(session, source, now)[1].get(kind, Precision()).last
    known = one.precision
    return known is not None and one.judged >= source.judged and known < source.precision
