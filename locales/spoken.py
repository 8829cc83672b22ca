"""Speakable forms: everything a voice must not meet as figures or Latin letters."""

import re
from datetime import date

from pydantic import BaseModel, ConfigDict


class Spoken(BaseModel):
    """How a language says numbers, places and dates; filled from `spoken.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    digits: dict[str, str]
    cardinals: tuple[str, ...]
    ten: str
    hundred: str
    thousand: str
    pause: str
    counted: tuple[str, ...]
    """Words before which a number is said as a quantity (“十二幢”)."""
    spelt: tuple[str, ...]
    """Words before which a number is spelt digit by digit (“五零幺室”)."""
    date: str
    clarified: dict[str, str]
    """House numbers that sound alike, with what makes them clear."""
    letters: dict[str, str]
    signs: dict[str, str]

    def spell(self, figures: str) -> str:
        """Digit by digit, 幺 for 1: how room and phone numbers are said."""
        return "".join(self.digits[char] for char in figures if char in self.digits)

    def ticket(self, number: str) -> str:
        """Two groups of three with a pause between."""
        return self.pause.join(self.spell(part) for part in (number[:3], number[3:]) if part)

    def slowly(self, number: str) -> str:
        """In pairs with a pause between, to write down."""
        pairs = (number[at : at + 2] for at in range(0, len(number), 2))
        return self.pause.join(self.spell(pair) for pair in pairs)

    def phone(self, number: str) -> str:
        """Mobiles 3-4-4, others in groups of four."""
        head = 3 if len(number) == 11 else len(number) % 4
        parts = [number[:head], *(number[at : at + 4] for at in range(head, len(number), 4))]
        return self.pause.join(self.spell(part) for part in parts if part)

    def cardinal(self, number: int) -> str:
        """0…9999 as a quantity; above that digit by digit."""
        if number > 9999:
            return self.spell(str(number))
        if number < 10:
            return self.cardinals[number]
        if number < 20:
            return self.ten + (self.cardinals[number - 10] if number > 10 else "")
        parts, zero = "", False
        for size, name in ((1000, self.thousand), (100, self.hundred), (10, self.ten), (1, "")):
            digit, number = divmod(number, size)
            if digit:
                parts += (self.cardinals[0] if zero else "") + self.cardinals[digit] + name
                zero = False
            elif parts and number:
                zero = True
        return parts

    def day(self, iso: str) -> str:
        """`2026-11-23` as month and day."""
        try:
            at = date.fromisoformat(iso)
        except ValueError:
            return iso
        return self.date.format(month=self.cardinal(at.month), day=self.cardinal(at.day))

    def speakable(self, text: str) -> str:
        """Any text with every figure and letter in words, and without what cannot be said."""
        text = re.sub(r"https?://\S+", "", text)
        text = re.sub(r"(\d+)-(?=\d)", r"\1" + self.pause, text)
        counted = "|".join(sorted(map(re.escape, self.counted), key=len, reverse=True))
        text = re.sub(rf"(\d{{1,4}})(?={counted})", lambda m: self.cardinal(int(m[1])), text)
        text = re.sub(r"\d+", lambda m: self.spell(m.group()), text)
        text = "".join(self.signs.get(char, char) for char in text)
        text = re.sub(r"[A-Za-z]", lambda m: self.letters[m.group().lower()], text)
        # Whatever else is left of other scripts or symbols has no sound.
        text = re.sub(r"[^\u3400-\u9fff\u3007，。？！、；：“”]", "", text)
        return re.sub(f"[，。？！、；：]*([，。？！、；：])(?:{self.pause})*", r"\1", text)
