"""How much of an answer has been heard."""

from bisect import bisect_right

from bot.channels.line import RATE, Line

_NEARLY = 0.3
"""Seconds from its end at which a clause is understood: people answer on its last syllable."""


class Progress:
    """Clauses of one answer against what the line has really sent."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.begin(0)

    def begin(self, clauses: int) -> None:
        """An answer of so many clauses begins."""
        self._clauses = clauses
        self._ends: list[int] = []
        self._added = 0
        self._written = 0
        self._times: list[float] = []
        self._said: list[int] = []

    def added(self, size: int) -> None:
        """Bytes of sound to be said."""
        self._added += size

    def clause_ends(self) -> None:
        """With what was added last."""
        self._ends.append(self._added)

    def written(self, size: int) -> None:
        """Bytes that the line took."""
        self._written += size

    def tick(self, at: float) -> None:
        """The recording reaches to `at` seconds now."""
        said = self._now()
        if not self._said or said != self._said[-1]:
            self._times.append(at)
            self._said.append(said)

    def unheard(self, at: float | None = None) -> int:
        """Clauses that had not been said when the recording reached to `at`; None: now."""
        said = self._now()
        if at is not None:
            before = bisect_right(self._times, at)
            said = self._said[before - 1] if before else 0
        nearly = said + int(_NEARLY * RATE) * 2
        return self._clauses - sum(end <= nearly for end in self._ends)

    def _now(self) -> int:
        return self._written - int(self._line.buffered() * RATE) * 2
