"""The labelled texts that are measured on, none of them ever shown to a model."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parents[2] / "flows" / "data"

SETS = {
    "colloquial_dev": "invented; the lexicon's authors have seen it",
    "held_out_reports": "colloquial, by another author, unseen",
    "held_out_tickets": "as a hotline's operators write, by another author, unseen",
}
"""File names in `DATA`, and what they are."""


@dataclass(frozen=True)
class Labelled:
    code: str
    text: str


@cache
def read(name: str) -> tuple[Labelled, ...]:
    """A set's rows: a header, then code and text separated by a tab."""
    _, *lines = (DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return tuple(Labelled(*line.split("\t")[:2]) for line in lines)
