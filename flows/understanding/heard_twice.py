"""One answer heard twice: freely, and knowing what was asked. Slot by slot the better supported
hearing wins; where both are doubtful, the conversation asks.

docs/hearing.md says what the gates were set on and what they bring; `make bench-context` measures.
"""

from datetime import datetime
from functools import partial

from flows.community import Community
from flows.heard import Prompted
from flows.report import Place
from flows.understanding.emergency import Danger
from flows.understanding.understand import understand
from flows.understanding.understanding import Intent, Understanding

_SHARE, _SURE = 0.75, 0.87
"""Of the speech that expected words must explain, and how sure they must be on average: of 28
unrelated sentences none reached both; of 26 places 24 did."""
_ANSWER_SHARE, _ANSWER_LEAST = 0.9, 0.85
"""The same for a yes or no, where a single syllable turns the meaning."""
_WORDS = 0.95
"""Share from which the second hearing stands for what was said."""
_SURE_WORD = 0.75
"""A place with a less sure word in it is asked about."""
_FREE_SURE = 0.9
"""Confidence of a free hearing that is not overruled, and of a place that was plainly said."""
_DOUBTED = 0.6
"""A place of this confidence was put together from sounds."""
_ASKED = 0.55
"""A place of this confidence is asked about, not assumed."""
_EMPTY = (Intent.UNKNOWN, Intent.REPORT, Intent.CHAT)


def understand_twice(
    text: str,
    *,
    asked: str | None,
    community: Community,
    at: datetime,
    alternatives: tuple[str, ...] = (),
    home: Place | None = None,
    near: Place | None = None,
    prompted: Prompted | None = None,
    confidence: float = 1.0,
) -> Understanding:
    """`understand`, with what a second hearing found.

    confidence: 0…1, of the free hearing as a whole.
    """
    hear = partial(understand, asked=asked, community=community, at=at, home=home, near=near)
    first = hear(text, alternatives=alternatives)
    if prompted is None or prompted.share < _SHARE or prompted.confidence < _SURE:
        return first
    second = hear(prompted.text)
    if first.danger is Danger.PRESENT:
        return first
    changes: dict[str, object] = {}
    if _answers(first, second, prompted, confidence):
        changes |= _taken(second, "intent", "yes_no", "weak", "unknowing")
        if second.intent is not Intent.REPORT:
            changes["category"] = second.category
    if _corrects(first, second, prompted, confidence):
        changes |= _taken(second, "intent", "yes_no", "weak", "corrections", "place")
    elif place := _place(first, second, prompted, confidence):
        changes["place"] = place
        if first.intent in (Intent.UNKNOWN, Intent.CHAT) and "intent" not in changes:
            changes["intent"] = Intent.REPORT
    if changes and prompted.share >= _WORDS and confidence < _FREE_SURE:
        changes["text"] = prompted.text
    return first.model_copy(update={**changes, "backed": bool(changes) or _agree(first, second)})


def _taken(second: Understanding, *names: str) -> dict[str, object]:
    return {name: getattr(second, name) for name in names}


def _agree(first: Understanding, second: Understanding) -> bool:
    if first.yes_no and first.yes_no == second.yes_no:
        return True
    return bool(first.place and first.place.id and second.place == first.place)


def _answers(
    first: Understanding, second: Understanding, prompted: Prompted, confidence: float
) -> bool:
    """Whether the second hearing has the answer."""
    if prompted.share < _ANSWER_SHARE or prompted.least < _ANSWER_LEAST:
        return False
    if second.intent in _EMPTY or second.corrections:
        return False
    if first.yes_no is None:
        # A report that was clearly heard is no “嗯”.
        return first.intent is Intent.UNKNOWN or (
            first.intent in _EMPTY and confidence < _FREE_SURE
        )
    return first.weak or (second.yes_no != first.yes_no and confidence < _FREE_SURE)


def _corrects(
    first: Understanding, second: Understanding, prompted: Prompted, confidence: float
) -> bool:
    if not second.corrections or not second.place or not second.place.id:
        return False
    known = first.place is not None and first.place.id is not None
    return prompted.least >= _SURE_WORD and not (known and confidence >= _FREE_SURE)


def _place(
    first: Understanding, second: Understanding, prompted: Prompted, confidence: float
) -> Place | None:
    """The place to take instead of the first hearing's; None to leave it."""
    new, old = second.place, first.place
    if new is None or new.id is None:
        return None
    sure = prompted.least >= _SURE_WORD
    doubtful = new if sure else new.model_copy(update={"confidence": min(new.confidence, _ASKED)})
    if old is None or old.id is None:
        return doubtful
    if old.id == new.id:
        return new.model_copy(update={"confidence": max(new.confidence, old.confidence)})
    if f"{new.id}/".startswith(f"{old.id}/"):
        return doubtful
    if f"{old.id}/".startswith(f"{new.id}/"):
        return None
    if confidence >= _FREE_SURE and old.confidence >= _FREE_SURE:
        return None
    if new.confidence >= _FREE_SURE and (sure or old.confidence <= _DOUBTED):
        return doubtful
    return old.model_copy(update={"confidence": min(old.confidence, _ASKED)})
