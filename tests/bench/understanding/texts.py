"""The labelled texts that are measured on, none of them ever shown to a model."""

import csv
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parents[2] / "flows" / "data"

SETS = {
    "colloquial_dev": "invented, open to the authors of the lexicon",
    "held_out_reports": "colloquial, by another author, never seen by the lexicon's",
    "held_out_tickets": "as a hotline's operators write, by another author, never seen",
}
"""File names in `DATA`, and what they are. A set that is not there yet is left out."""


@dataclass(frozen=True)
class Labelled:
    code: str
    text: str


def read(name: str) -> list[Labelled]:
    """A set's rows, `code` and `text` separated by a tab; empty when there is no such file."""
    path = DATA / f"{name}.tsv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Labelled(row["code"], row["text"]) for row in rows]
