"""What a resident reports, as slots with a confidence each."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Urgency(StrEnum):
    EMERGENCY = "emergency"
    URGENT = "urgent"
    NORMAL = "normal"


class Place(BaseModel):
    """Where. `id` is the gazetteer's when it knows the place (`hm/3/2/501`, `hm/东门`)."""

    model_config = ConfigDict(frozen=True)

    text: str
    """As the resident put it, or the gazetteer's name; never empty."""
    id: str | None = None
    estate: str | None = None
    building: str | None = None
    unit: str | None = None
    floor: str | None = None
    room: str | None = None
    landmark: str | None = None
    confidence: float = 0.0
    """0…1; below the step's threshold the place is read back as a question."""
    maybe: tuple[str, ...] = ()
    """Ids of the places it can be, when several bear what was said, at most four; `id` is
    None then."""


SURE_CATEGORY = 0.6
"""Confidence from which a category is not asked about: nine of ten texts of other authors reach
it, and of these 96 in 100 are right."""


class Category(BaseModel):
    """What kind of problem; a suggestion that a person can change in one tap."""

    model_config = ConfigDict(frozen=True)

    code: str
    """One of the 28 stable codes (`lighting`, `elevator`, … `other`)."""
    confidence: float
    top: tuple[str, ...] = ()
    """The three likeliest codes, best first."""

    @property
    def sure(self) -> bool:
        """Whether it is taken without asking."""
        return self.confidence >= SURE_CATEGORY


class Period(BaseModel):
    model_config = ConfigDict(frozen=True)

    start: datetime
    end: datetime


class Report(BaseModel):
    """The slots gathered so far; all optional. Nothing said is dropped: `words` keeps it."""

    model_config = ConfigDict(frozen=True)

    words: tuple[str, ...] = ()
    """What the resident said about the matter, utterance by utterance, as heard."""
    category: Category | None = None
    place: Place | None = None
    urgency: Urgency = Urgency.NORMAL
    when: Period | None = None
    phone: str | None = None
    """Contact number, digits only, as the resident gave or confirmed it."""
    name: str | None = None
    affected: str = ""
    """Whom it is about when the speaker reports for somebody else, in their words (“我妈”)."""
    confirmed: frozenset[str] = frozenset()
    """Slots the resident said yes to (`category`, `place`, `phone`)."""
    attachments: tuple[str, ...] = ()
    """Ids of recordings and pictures that belong to the report."""

    @property
    def description(self) -> str:
        """The resident's words as one text."""
        return "；".join(self.words)
