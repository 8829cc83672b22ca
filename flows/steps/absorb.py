"""What an utterance adds to the report. Everything said is kept; a settled slot stays."""

from flows.conversation import StepName
from flows.heard import HeardKind
from flows.report import Place, Report, Urgency
from flows.steps.merge import merge
from flows.steps.moment import Moment
from flows.understanding.emergency import Danger
from flows.understanding.understanding import Intent

SURE_PLACE = 0.6
"""Below it the place is asked, not assumed."""

_MATTER = (Intent.REPORT, Intent.EMERGENCY, Intent.CORRECTION, Intent.UNKNOWN, Intent.STATUS)
_RANK = (Urgency.NORMAL, Urgency.URGENT, Urgency.EMERGENCY)


def absorb(moment: Moment, *, place_asked: bool = False) -> Moment:
    """The moment with words, slots and recordings of this turn in the report."""
    heard, understood = moment.heard, moment.understood
    report = moment.now.report
    changes: dict[str, object] = {}
    if moment.has_words and (understood.intent in _MATTER or understood.category):
        words = understood.text
        if words not in report.words and not _only_a_number(moment):
            changes["words"] = (*_but_begun(report.words, words), words)
    attached = heard.recording
    if attached and attached not in report.attachments and _worth_keeping(moment, changes):
        changes["attachments"] = (*report.attachments, attached)
    category = understood.category
    if category and "category" not in moment.now.settled:
        old = report.category
        # Who is asked where and says “老年食堂门口” speaks of no other matter.
        only_where = moment.now.step is StepName.PLACE and understood.place is not None
        if old is None or (category.confidence > max(old.confidence, 0.4) and not only_where):
            changes["category"] = category
    place = _scene(moment) or understood.place
    if place and _better(place, report.place, place_asked):
        gazetteer = moment.community.gazetteer
        changes["place"] = (
            merge(report.place, place, gazetteer) if _same_house(place, report.place) else place
        )
    if _RANK.index(understood.urgency) > _RANK.index(report.urgency):
        changes["urgency"] = understood.urgency
    if understood.when and not report.when:
        changes["when"] = understood.when
    if understood.affected and not report.affected:
        changes["affected"] = understood.affected
    if understood.phone:
        changes["phone"] = understood.phone
    moved = moment.with_(report=report.model_copy(update=changes)) if changes else moment
    if understood.also and not moved.now.pending:
        moved = moved.with_(pending=understood.also)
    if understood.danger is Danger.ASK and "urgency" not in moment.now.settled:
        moved = moved.with_(doubt=understood.danger_kind or "unsure")
    return moved


def _but_begun(before: tuple[str, ...], words: str) -> tuple[str, ...]:
    """Who was answered too soon goes on: what they say now holds what they said then."""
    return before[:-1] if before and words.startswith(before[-1]) else before


def _only_a_number(moment: Moment) -> bool:
    """A phone number belongs into its slot, which others see masked, not into the words."""
    understood = moment.understood
    return bool(understood.phone) and understood.category is None


def _worth_keeping(moment: Moment, changes: dict[str, object]) -> bool:
    kinds = (HeardKind.UNCLEAR, HeardKind.PICTURE)
    return bool(changes) or moment.heard.kind in kinds or moment.now.report != Report()


def _scene(moment: Moment) -> Place | None:
    """A place from a QR code or a shared position."""
    heard = moment.heard
    if heard.kind is HeardKind.SCENE:
        return moment.community.gazetteer.place(heard.text)
    if heard.kind is HeardKind.LOCATION and heard.text.strip():
        found = moment.community.gazetteer.find(heard.text)
        if found and found.id:
            return found
        return Place(text=heard.text.strip(), confidence=0.8)
    return None


def _same_house(new: Place, old: Place | None) -> bool:
    """“三幢楼道”, then its unit: the stairs stay."""
    if old is None or not old.id or not new.id:
        return False
    return new.id.split("/")[:2] == old.id.split("/")[:2]


def _better(new: Place, old: Place | None, asked: bool) -> bool:
    if old is None or asked:
        return True
    if new.confidence > old.confidence and (new.id or not old.id):
        return True
    # More exact, and within what was said before: 3幢, then its unit.
    return bool(new.id and old.id and new.id.startswith(f"{old.id}/"))
