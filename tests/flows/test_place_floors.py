"""Floors slightly below what `make bench-understanding` prints for places, on fewer sentences."""

import csv
from pathlib import Path

from flows.community import Community
from tests.bench.understanding import place as bench

HELD_OUT = Path(__file__).parent / "data" / "held_out_places.tsv"


def test_names_among_a_thousand(community: Community) -> None:
    town = bench.gazetteer(1000)
    find = bench.finder(town)
    found = [(find(text), id) for text, id in bench.named(town, 100, 0.1)]
    reports, elsewhere = bench.unnamed(town, community, 0.1)
    false = [find(text) for text in reports[::10]]
    assert sum(got == id for (got, _), id in found) / len(found) >= 0.88
    assert sum(got not in ("", id) and sure for (got, sure), id in found) / len(found) <= 0.02
    assert not any(got and sure for got, sure in false)
    assert sum(sure and bool(got) for got, sure in map(find, elsewhere[::10])) <= 4


def test_house_unit_and_room(community: Community) -> None:
    for share, floor in ((0.0, 1.0), (0.1, 0.55)):
        heard = bench.heard_rooms(share, 100)
        got = [
            (bench.slots(community.gazetteer, t), (r.building, r.unit, r.room)) for t, r in heard
        ]
        assert sum(a == b for a, b in got) / len(got) >= floor


def test_answers_to_where_by_another_author(community: Community) -> None:
    with HELD_OUT.open(encoding="utf-8") as file:
        rows = [
            r for r in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if r[0][0] != "#"
        ]
    right = 0
    for text, wanted in rows:
        place = community.gazetteer.find(text, expected=True)
        right += ((place and place.id) or "-") in wanted.split("|")
    assert right / len(rows) >= 0.92
