"""Two reports, one matter or two: measured on authored pairs, half of which nobody tuned on."""

from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from flows.community import Community
from flows.understanding.same_matter import LIKELY, Matter, same_matter
from flows.understanding.understand import understand
from tests.flows.conftest import AT

DATA = Path(__file__).parent / "data"


class Pair(NamedTuple):
    same: bool
    likely: float
    text: str


def matter(text: str, hours: float, community: Community) -> Matter:
    at = AT + timedelta(hours=hours)
    understood = understand(text, asked="problem", community=community, at=at)
    place = understood.place
    return Matter(
        category=understood.category.code if understood.category else "other",
        place_id=(place.id or "") if place else "",
        floor=(place.floor or "") if place else "",
        words=text,
        at=at,
    )


def pairs(name: str, community: Community) -> list[Pair]:
    found = []
    for line in (DATA / f"duplicates_{name}.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        same, hours, _, old, new = line.split("\t")
        likely = same_matter(
            matter(old, 0, community), matter(new, float(hours), community), community.lexicon
        )
        found.append(Pair(same == "1", likely, line))
    return found


def measure(found: list[Pair]) -> tuple[float, float]:
    """Precision and recall at the threshold."""
    asked = [pair for pair in found if pair.likely >= LIKELY]
    right = sum(pair.same for pair in asked)
    return right / len(asked), right / sum(pair.same for pair in found)


@pytest.mark.parametrize("name", ["tuning", "reporting"])
def test_precision_and_recall(name: str, community: Community) -> None:
    found = pairs(name, community)
    assert len(found) == 100
    precision, recall = measure(found)
    print(f"{name}: precision {precision:.3f}, recall {recall:.3f}")
    missed = [pair for pair in found if pair.same != (pair.likely >= LIKELY)]
    wrong = [f"{pair.likely:.2f} {pair.text}" for pair in missed]
    assert precision >= 0.95, "\n".join(wrong)
    assert recall >= 0.80, "\n".join(wrong)
