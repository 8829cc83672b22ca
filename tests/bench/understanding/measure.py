"""The figures of a classifier on labelled texts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.report import Category
from tests.bench.understanding.contenders import Classify
from tests.bench.understanding.texts import Labelled


@dataclass(frozen=True)
class Answered:
    """One text and what was made of it; None: nothing was reported, which is wrong here."""

    code: str
    found: Category | None

    @property
    def right(self) -> bool:
        return self.found is not None and self.found.code == self.code

    @property
    def in_three(self) -> bool:
        return self.found is not None and self.code in self.found.top

    @property
    def confidence(self) -> float:
        return self.found.confidence if self.found else 0.0

    @property
    def accepted(self) -> bool:
        return self.found is not None and self.found.sure


def answer(rows: Sequence[Labelled], classify: Classify) -> list[Answered]:
    return [Answered(row.code, classify(row.text)) for row in rows]


def accuracy(answered: Sequence[Answered]) -> float:
    return sum(one.right for one in answered) / len(answered)


def top_three(answered: Sequence[Answered]) -> float:
    return sum(one.in_three for one in answered) / len(answered)


def macro_f1(answered: Sequence[Answered]) -> float:
    """Mean over the categories of the harmonic mean of precision and recall."""
    scores = []
    for code in {one.code for one in answered}:
        said = sum(one.found is not None and one.found.code == code for one in answered)
        there = sum(one.code == code for one in answered)
        scores.append(2 * sum(one.right and one.code == code for one in answered) / (said + there))
    return sum(scores) / len(scores)


def coverage(answered: Sequence[Answered]) -> float:
    """Share that is taken without asking."""
    return sum(one.accepted for one in answered) / len(answered)


def precision(answered: Sequence[Answered]) -> float:
    """Share of those taken without asking that is right."""
    accepted = [one.right for one in answered if one.accepted]
    return sum(accepted) / len(accepted) if accepted else 0.0


def reliability(answered: Sequence[Answered]) -> Iterator[tuple[float, float, int]]:
    """Mean confidence, share right and number, in ten equal bins of confidence; empty ones not."""
    for at in range(10):
        bin_ = [one for one in answered if min(int(one.confidence * 10), 9) == at]
        if bin_:
            mean = sum(one.confidence for one in bin_) / len(bin_)
            yield mean, accuracy(bin_), len(bin_)


def calibration_error(answered: Sequence[Answered]) -> float:
    """Expected calibration error: how far confidence and share right lie apart, by ten bins."""
    return sum(abs(mean - right) * n for mean, right, n in reliability(answered)) / len(answered)
