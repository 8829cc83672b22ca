"""Speakable forms: everything a voice must not meet as figures or Latin letters."""

from datetime import date, datetime
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from locales.spoken.dates import Dates
from locales.spoken.numbers import Numbers
from locales.spoken.rules import Rules


class Spoken(BaseModel):
    """How a language says numbers, places and dates; filled from `spoken.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    numbers: Numbers
    dates: Dates
    pause: str
    ordinals: tuple[str, ...]
    """Words before which a number is a place in a row (“十二幢”, “二楼”)."""
    quantities: tuple[str, ...]
    """Words before which it says how many (“两个”)."""
    words: dict[str, str]
    """Latin abbreviations people know by another name."""
    units: dict[str, str]
    """Latin units behind a number."""
    minus: str
    basement: str
    storey: str
    number: str
    money: str
    clarified: dict[str, str]
    """House numbers that sound alike, with what makes them clear."""
    letters: dict[str, str]
    signs: dict[str, str]

    def spell(self, figures: str) -> str:
        """Digit by digit, 幺 for 1: how room and phone numbers are said."""
        return self.numbers.spell(figures)

    def ticket(self, number: str) -> str:
        """Two groups of three with a pause between."""
        return self.pause.join(self.spell(part) for part in (number[:3], number[3:]) if part)

    def phone(self, number: str) -> str:
        """Mobiles 3-4-4; with dashes or spaces, as they divide it; others in groups of four."""
        parts: list[str] = []
        for group in number.replace("-", " ").split():
            head = 3 if len(group) == 11 else len(group) if len(group) < 7 else len(group) % 4
            parts += (group[:head], *(group[at : at + 4] for at in range(head, len(group), 4)))
        return self.pause.join(self.spell(part) for part in parts if part)

    def day(self, iso: str, now: datetime | None = None) -> str:
        """`2026-11-23` (or with a time) as seen from `now`; anything else as it is."""
        at = _read(iso)
        if at is None:
            return iso
        return self.dates.day(self.numbers, at.date(), now.date() if now else None)

    def moment(self, iso: str, now: datetime | None = None) -> str:
        """`2026-11-23T08:30` in the community's own time: “今天早上八点半”."""
        at = _read(iso)
        return iso if at is None else self.dates.moment(self.numbers, at, now)

    def span(self, minutes: int) -> str:
        """A duration: “半个小时”, “三天”."""
        return self.dates.span(self.numbers, minutes)

    def speakable(self, text: str) -> str:
        """Any text with every figure and letter in words, and without what cannot be said.

        Written by us or by a worker: notes hold half-width marks, units, telephone numbers.
        """
        return self._rules.apply(text)

    @cached_property
    def _rules(self) -> Rules:
        return Rules(self)


def _read(iso: str) -> datetime | None:
    try:
        if len(iso) > 10:
            return datetime.fromisoformat(iso)
        at = date.fromisoformat(iso)
    except ValueError:
        return None
    return datetime(at.year, at.month, at.day)  # noqa: DTZ001 (a day of the community's calendar)
