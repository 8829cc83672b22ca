"""How wrong what was heard is: characters, toneless syllables, and what was to be understood."""

from dataclasses import dataclass
from datetime import UTC, datetime

from rapidfuzz.distance import Levenshtein

from flows.community import Community
from flows.understanding.emergency import Danger
from flows.understanding.understand import understand
from tests.bench.hearing.said import Said
from tests.voice.hearing import errors, syllables

UNDERSTOOD = 0.3
"""Share of syllables misheard up to which what holds no slot counts as understood."""
_AT = datetime(2026, 11, 24, 10, tzinfo=UTC)
_ASKED = {"opening": None}


@dataclass(frozen=True)
class Score:
    characters: int = 0
    wrong_characters: int = 0
    syllables: int = 0
    wrong_syllables: int = 0
    slots: int = 0
    wrong_slots: int = 0

    def __add__(self, other: "Score") -> "Score":
        return Score(*(a + b for a, b in zip(_fields(self), _fields(other), strict=True)))

    @property
    def share(self) -> float:
        """Of syllables misheard."""
        return self.wrong_syllables / max(1, self.syllables)

    def cells(self) -> str:
        """Per cent of characters, syllables and slots."""
        pairs = (
            (self.wrong_characters, self.characters),
            (self.wrong_syllables, self.syllables),
            (self.wrong_slots, self.slots),
        )
        return " / ".join(f"{100 * wrong / all_:.0f}" if all_ else "–" for wrong, all_ in pairs)


def score(
    said: Said, heard: str, others: tuple[str, ...], community: Community
) -> tuple[Score, str]:
    """Also `right`, `nothing` or `wrong`: what the conversation would make of it."""
    wanted, got = _letters(said.text), _letters(heard)
    understood = _understood(said, heard, others, community)
    missed = [name for name, value in said.slots if understood.get(name) != value]
    result = Score(
        len(wanted),
        Levenshtein.distance(wanted, got),
        len(syllables(said.text)),
        errors(said.text, heard),
        len(said.slots),
        len(missed),
    )
    if not said.slots:
        return result, "right" if result.share <= UNDERSTOOD else "nothing"
    if not missed:
        return result, "right"
    return result, "wrong" if any(name in understood for name in missed) else "nothing"


def _understood(
    said: Said, heard: str, others: tuple[str, ...], community: Community
) -> dict[str, str]:
    asked = _ASKED.get(said.asked, said.asked)
    found = understand(heard, asked=asked, community=community, at=_AT, alternatives=others)
    place = found.place
    values = {
        "building": _number(place.building) if place else "",
        "unit": _number(place.unit) if place else "",
        "room": _number(place.room) if place else "",
        "category": found.category.code if found.category else "",
        "yes_no": found.yes_no or "",
        "danger": found.danger.value if found.danger is Danger.PRESENT else "",
    }
    return {name: value for name, value in values.items() if value}


def _number(text: str | None) -> str:
    return "".join(c for c in text or "" if c.isdigit())


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def _fields(score: Score) -> tuple[int, ...]:
    return (
        score.characters,
        score.wrong_characters,
        score.syllables,
        score.wrong_syllables,
        score.slots,
        score.wrong_slots,
    )
