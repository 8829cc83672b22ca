import numpy as np
import pytest

from tests.bench.hearing.calibration import Example, auc, cost, ece, fit, halves, odds_of, report


def examples(count: int) -> list[Example]:
    dice = np.random.default_rng(1)
    found = []
    for at in range(count):
        confidence = float(dice.random())
        right = dice.random() < 1 / (1 + np.exp(4 - 8 * confidence))
        said = {"confidence": confidence}
        found.append(Example(f"{at // 2}", "A-law", said, "right" if right else "wrong", "话"))
    return found


def test_the_odds_that_made_the_examples_are_found_again() -> None:
    some = examples(2000)
    fitted, judged = halves(some)
    assert not {e.sentence for e in fitted} & {e.sentence for e in judged}
    intercept, weights = fit(fitted)
    assert intercept == pytest.approx(-4, abs=0.6)
    assert weights["confidence"] == pytest.approx(8, abs=1.2)
    odds = odds_of((intercept, weights), judged)
    right = np.array([e.outcome == "right" for e in judged])
    assert ece(odds, right) < 0.06
    assert auc(odds, right) > 0.85
    assert auc(-odds, right) < 0.15
    assert cost(odds, judged, 0.75) < min(cost(odds, judged, 0), cost(odds, judged, 1.01))


def test_few_examples_say_nothing() -> None:
    assert "too few" in "\n".join(report(examples(12)))
    assert "AUC" in "\n".join(report(examples(200)))
