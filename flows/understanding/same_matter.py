"""Whether two reports are about the same matter: by place, thing, time and words.

A wrong yes costs more than a wrong no: two tickets of one matter are merged at the desk in one tap,
but a matter that disappears in somebody else's ticket is not looked after. So whatever speaks
against it decides alone, and what speaks for it must come together.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from pydantic import BaseModel, ConfigDict

from flows.lexicon import Lexicon
from flows.understanding.normalise import normalise, syllables

LIKELY = 0.6
"""From here on it is worth a question."""

_ROOM = re.compile(r"(?<!\d)\d{3,4}(?!\d)")


class Matter(BaseModel):
    """What is compared of a report, or of a ticket that stands."""

    model_config = ConfigDict(frozen=True)

    category: str
    place_id: str
    """The gazetteer's; empty when it does not know the place."""
    words: str
    at: datetime
    floor: str = ""
    number: str = ""
    """The ticket's; empty for a new report."""
    place: str = ""
    """As it may be said to anybody: down to the stairwell."""


def same_matter(old: Matter, new: Matter, lexicon: Lexicon) -> float:
    """How likely the new report means the old ticket, 0…1.

    Tuned on `tests/flows/data/duplicates_tuning.tsv`, measured on the other half.
    """
    words = lexicon.matters
    if {old.category, new.category} & words.personal:
        return 0.0
    near = _near(old, new, words.common)
    hours = abs((new.at - old.at).total_seconds()) / 3600
    longest = max(words.hours.get(m.category, words.hours["default"]) for m in (old, new))
    if old.category == new.category:
        longest = words.hours.get(old.category, words.hours["default"])
    if not near or hours > longest:
        return 0.0
    plain = [normalise(matter.words, lexicon.answers.full_stop) for matter in (old, new)]
    things = [_found(text, words.objects) for text in plain]
    spots = [_found(text, words.spots) for text in plain]
    if all(things) and not things[0] & things[1]:
        return 0.0
    if all(spots) and not spots[0] & spots[1]:
        return 0.0
    agree = bool(things[0] & things[1])
    # A narrower thing on one side only (“电梯门”, “按钮”) is about as likely another matter.
    narrower = bool(things[0] ^ things[1]) and agree
    score = 0.3 * near + 0.25 * (old.category == new.category)
    score += 0.3 * agree - 0.05 * narrower
    score += 0.3 * _alike(*plain) - 0.1 * hours / longest
    return max(0.0, min(1.0, score))


def likeliest(standing: Sequence[Matter], new: Matter, lexicon: Lexicon) -> Matter | None:
    """The ticket the new report most likely means, if any is likely enough to ask."""
    rated = [(same_matter(old, new, lexicon), old) for old in standing]
    best = max(rated, key=lambda pair: pair[0], default=None)
    return best[1] if best and best[0] >= LIKELY else None


def _near(old: Matter, new: Matter, common: Sequence[str]) -> float:
    """1 in the same stairwell or at the same landmark, less where one says no more than the house,
    0 where they are apart or nobody knows."""
    here, there = old.place_id.split("/"), new.place_id.split("/")
    if len(here) < 2 or len(there) < 2 or here[:2] != there[:2]:
        return 0.0
    units = here[2:3] + there[2:3]
    if len(units) == 2 and units[0] != units[1]:
        return 0.0
    floors = {matter.floor for matter in (old, new) if len(matter.floor) in (1, 2)}
    rooms = [_rooms(matter) for matter in (old, new)]
    shared = any(word in matter.words for matter in (old, new) for word in common)
    if not shared and all(rooms) and not rooms[0] & rooms[1]:
        return 0.0
    if not any(rooms) and len(floors) == 2:
        return 0.0
    if not shared and any(rooms) and not all(rooms):
        return 0.0  # a flat, and somewhere in its house: nobody can tell
    return 1.0 if len(here) == len(there) or len(units) != 1 else 0.85


def _rooms(matter: Matter) -> set[str]:
    return {*matter.place_id.split("/")[3:4], *_ROOM.findall(matter.words)}


def _found(text: str, lists: dict[str, tuple[str, ...]]) -> set[str]:
    return {name for name, words in lists.items() if any(word in text for word in words)}


def _alike(a: str, b: str) -> float:
    """Shared pairs of syllables, 0…1 (Dice); homophones of the recogniser count as the same."""
    one, two = (_pairs(syllables(text)) for text in (a, b))
    return 2 * len(one & two) / (len(one) + len(two)) if one and two else 0.0


def _pairs(sounds: tuple[str, ...]) -> set[tuple[str, str]]:
    return set(pairwise(sounds))
