"""Fits the model of trust on one half and judges it on the other; derives the threshold."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from tests.bench.table import table

COST = {"right": 0.0, "nothing": 1.0, "wrong": 4.0}
"""What taking the words for said costs, in turns of the resident's time. Nothing understood: they
are asked again. Something wrong: the question that follows from it, “不对”, “哪里不对？”, and
saying it again."""
AGAIN = 1.0
"""What asking once more costs."""
_RIDGE = 0.3
_FEW = 5
"""In each half, of either kind: fewer say nothing."""


@dataclass(frozen=True)
class Example:
    sentence: str
    condition: str
    features: dict[str, float]
    outcome: str
    """`right`, `nothing` or `wrong`: what was understood of it."""
    text: str


def save(example: Example, path: Path) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(example), ensure_ascii=False) + "\n")


def load(path: Path) -> list[Example]:
    return [Example(**json.loads(line)) for line in path.read_text().splitlines()]


def halves(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """By sentence: none is in both."""
    order = {text: at for at, text in enumerate(dict.fromkeys(e.sentence for e in examples))}
    fit = [e for e in examples if order[e.sentence] % 2 == 0]
    return fit, [e for e in examples if order[e.sentence] % 2]


def fit(examples: Sequence[Example]) -> tuple[float, dict[str, float]]:
    """Logistic regression by Newton's method, a little ridge: intercept and weights by name."""
    names = list(examples[0].features)
    raw = np.array([[e.features[name] for name in names] for e in examples])
    mean, spread = raw.mean(axis=0), raw.std(axis=0) + 1e-9
    rows = np.column_stack([np.ones(len(raw)), (raw - mean) / spread])
    right = np.array([e.outcome == "right" for e in examples], float)
    weights = np.zeros(rows.shape[1])
    ridge = _RIDGE * np.diag([0.0, *np.ones(len(names))])
    for _ in range(50):
        odds = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (right - odds) - ridge @ weights
        curve = (rows * (odds * (1 - odds))[:, None]).T @ rows + ridge + 1e-9 * np.eye(len(ridge))
        weights = weights + np.linalg.solve(curve, slope)
    plain = weights[1:] / spread
    return float(weights[0] - plain @ mean), dict(zip(names, map(float, plain), strict=True))


def odds_of(model: tuple[float, dict[str, float]], examples: Sequence[Example]) -> np.ndarray:
    intercept, weights = model
    worth = [intercept + sum(weights[n] * v for n, v in e.features.items()) for e in examples]
    return np.asarray(1 / (1 + np.exp(-np.array(worth))))


def auc(odds: np.ndarray, right: np.ndarray) -> float:
    """Odds that one that was heard is trusted more than one that was not."""
    good, bad = odds[right], odds[~right]
    if not len(good) or not len(bad):
        return float("nan")
    more = (good[:, None] > bad).mean() + (good[:, None] == bad).mean() / 2
    return float(more)


def ece(odds: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error over ten bins."""
    bins = np.minimum((odds * 10).astype(int), 9)
    gaps = [
        abs(odds[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean()
        for b in range(10)
        if (bins == b).any()
    ]
    return float(sum(gaps))


def cost(odds: np.ndarray, examples: Sequence[Example], threshold: float) -> float:
    """Turns an utterance, when below the threshold it is asked again."""
    taken = np.array([COST[e.outcome] for e in examples])
    return float(np.where(odds >= threshold, taken, AGAIN).mean())


def report(examples: Sequence[Example]) -> Iterator[str]:
    """Fit on one half of the sentences; everything printed of it is measured on the other."""
    fitted, judged = halves(examples)
    for half in (fitted, judged):
        understood = sum(e.outcome == "right" for e in half)
        if min(understood, len(half) - understood) < _FEW:
            yield f"Of {len(examples)} utterances too few were understood, or too few were not,"
            yield "to tell how well that is known."
            return
    model = fit(fitted)
    odds, right = odds_of(model, judged), np.array([e.outcome == "right" for e in judged])
    mean = np.array([e.features["confidence"] for e in judged])
    yield f"Fitted on {len(fitted)} utterances, judged on {len(judged)} of other sentences,"
    yield f"of which {right.mean():.0%} were understood."
    yield f"AUC {auc(odds, right):.3f} (the words' mean confidence alone {auc(mean, right):.3f}),"
    yield f"expected calibration error {ece(odds, right):.3f} (alone {ece(mean, right):.3f})."
    yield ""
    bins = np.minimum((odds * 5).astype(int), 4)
    rows = [
        (f"{b / 5:.1f}–{(b + 1) / 5:.1f}", int((bins == b).sum()),
         float(odds[bins == b].mean()), float(right[bins == b].mean()))
        for b in range(5)
        if (bins == b).any()
    ]  # fmt: skip
    yield from table(("trust", "utterances", "said", "true"), rows)
    yield ""
    yield f"Cost in turns: {COST}; asking again {AGAIN:.0f}."
    costs = [
        (f"{at:.2f}", cost(odds_of(model, fitted), fitted, at), cost(odds, judged, at),
         float((odds[right] < at).mean()), float((odds[~right] >= at).mean()))
        for at in (0.0, 0.2, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8)
    ]  # fmt: skip
    head = ("threshold", "turns, fitted half", "other half", "right, asked", "not right, taken")
    yield from table(head, costs)
    yield ""
    yield "voice/recognition/trust.yaml:"
    yield f"intercept: {model[0]:.2f}"
    yield from (f"  {name}: {weight:.2f}" for name, weight in model[1].items())
