"""What one utterance was understood to mean."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from flows.report import Category, Period, Place, Urgency
from flows.understanding.correction import Correction
from flows.understanding.emergency import Danger


class Intent(StrEnum):
    REPORT = "report"
    STATUS = "status"
    YES = "yes"
    NO = "no"
    CORRECTION = "correction"
    REPEAT = "repeat"
    SLOWER = "slower"
    LOUDER = "louder"
    PERSON = "person"
    STOP = "stop"
    WAIT = "wait"
    UNKNOWN = "unknown"
    THANKS = "thanks"
    CHAT = "chat"
    EMERGENCY = "emergency"


class Understanding(BaseModel):
    """Everything a step may want to know of one utterance."""

    model_config = ConfigDict(frozen=True)

    text: str
    """As said, surrounding space removed."""
    intent: Intent = Intent.UNKNOWN
    category: Category | None = None
    place: Place | None = None
    urgency: Urgency = Urgency.NORMAL
    when: Period | None = None
    phone: str | None = None
    yes_no: str | None = None
    """`yes`, `no` or None."""
    weak: bool = False
    """A yes that is no consent to build on (“随便”)."""
    hinted: bool = False
    """The yes or no is only hinted at."""
    corrections: tuple[Correction, ...] = ()
    danger: Danger = Danger.NONE
    danger_kind: str = ""
    ticket_number: str | None = None
    only_where: bool = False
    """A place and not a word of any matter."""
    choice: int | None = None
    """Which offered choice was picked by its position, from 0."""
    unknowing: bool = False
    """“不知道”, “没有电话”."""
    also: str = ""
    """A second problem in the same breath; everything else here is about the first."""
    affected: str = ""
    """Whom it is about when it is not the speaker (“我妈”)."""
    backed: bool = False
    """A second hearing, knowing what was asked, heard the same or what stands here."""
    complains: bool = False
    """About the machine (“你听不懂啊”)."""
    asks_machine: bool = False
    """“你是人工吗”: answered honestly, a person offered."""

    def as_json(self) -> dict[str, Any]:
        """The fixed form `linsheng understand` prints."""
        place = self.place
        category = self.category or Category(code="other", confidence=0.0, top=("other",))
        return {
            "intent": self.intent.value,
            "category": {
                "code": category.code,
                "confidence": category.confidence,
                "top": list(category.top),
            },
            "place": place
            and {
                "text": place.text,
                "id": place.id,
                "estate": place.estate,
                "building": place.building,
                "unit": place.unit,
                "room": place.room,
                "landmark": place.landmark,
                "confidence": place.confidence,
            },
            "urgency": self.urgency.value,
            "time": self.when and {"from": _iso(self.when.start), "to": _iso(self.when.end)},
            "phone": self.phone,
            "yes_no": self.yes_no,
            "corrections": [{"slot": c.slot, "value": c.value} for c in self.corrections],
        }


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="minutes")
