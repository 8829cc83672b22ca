"""Held-out files are measured against, never trained on; only their form is checked here."""

from collections import Counter
from pathlib import Path

import pytest

from flows.community import Community
from flows.understanding.understanding import Intent
from locales.load import load_lexicon

DATA = Path(__file__).parent / "data"
LOCALES = Path(__file__).parents[2] / "locales" / "zh_CN"


def rows(name: str) -> list[list[str]]:
    """The rows of a held-out file as columns, without its header line."""
    header, *lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    assert header.startswith("# "), f"{name} starts with a header"
    return [line.split("\t") for line in lines]


@pytest.mark.parametrize(
    ("name", "each"),
    [("held_out_reports.tsv", 14), ("held_out_tickets.tsv", 10)],
)
def test_every_category_has_enough_of_its_own(name: str, each: int) -> None:
    found = rows(name)
    count = Counter(category for category, _ in found)
    assert set(count) == set(load_lexicon().categories)
    assert min(count.values()) >= each


def test_dangers_are_weighed_in_three_ways() -> None:
    count = Counter(expected for expected, _, _ in rows("held_out_emergencies.tsv"))
    assert count == Counter(present=259, ask=85, none=134)


def test_answers_expect_every_intent_at_the_steps_there_are() -> None:
    found = rows("held_out_answers.tsv")
    expected = [one.split()[0] for _, either, _ in found for one in either.split("|")]
    assert set(expected) == {intent.value for intent in Intent}
    steps = {"problem", "place", "urgency", "contact", "readback", "verdict"}
    assert {asked for asked, _, _ in found} == {*steps, "-"}


def test_places_are_on_the_map(community: Community) -> None:
    found = rows("held_out_places.tsv")
    ids = {one for _, either in found for one in either.split("|")} - {"-"}
    assert [one for one in ids if community.gazetteer.place(one) is None] == []
    assert len(found) >= 380


def test_ordinary_talk_is_no_danger_elsewhere() -> None:
    ordinary = {text for (text,) in rows("held_out_ordinary.tsv")}
    dangers = {text for expected, _, text in rows("held_out_emergencies.tsv") if expected != "none"}
    assert len(ordinary) >= 500
    assert not ordinary & dangers


@pytest.mark.parametrize("name", sorted(path.name for path in DATA.glob("held_out_*.tsv")))
def test_a_file_is_clean(name: str) -> None:
    found = rows(name)
    assert {len(row) for row in found} == {len(found[0])}
    assert all(cell and cell == cell.strip() for row in found for cell in row)
    assert [row for row, times in Counter(map(tuple, found)).items() if times > 1] == []


@pytest.mark.parametrize(
    "name", ["held_out_reports.tsv", "held_out_tickets.tsv", "held_out_emergencies.tsv"]
)
def test_nobody_learned_from_it(name: str) -> None:
    learned = "".join(path.read_text(encoding="utf-8") for path in LOCALES.glob("**/*.yaml"))
    assert [text for *_, text in rows(name) if len(text) > 7 and text in learned] == []
