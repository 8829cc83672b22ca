"""A volunteer listens in and sets right what was misheard; the resident only notices that they
were understood."""

from flows.conversation import Conversation, StepName, Turn
from flows.effects import SetRight
from flows.heard import Fix, Heard, HeardKind, Slot
from flows.report import Category, Place, Report, Urgency
from flows.steps import emergency, questions
from flows.steps.absorb import absorb
from flows.steps.moment import Moment
from flows.steps.onward import onward
from flows.understanding.emergency import Danger
from flows.understanding.normalise import normalise

_EVERYTHING = frozenset(Slot)
_ASKS = {
    StepName.OPENING: frozenset({Slot.CATEGORY}),
    StepName.PROBLEM: frozenset({Slot.CATEGORY}),
    StepName.PLACE: frozenset({Slot.PLACE}),
    StepName.URGENCY: frozenset({Slot.URGENCY}),
    StepName.CONTACT: frozenset({Slot.PHONE}),
    StepName.READBACK: _EVERYTHING,
    StepName.SAME: _EVERYTHING,
}
"""Which slots a question is about: once they are set right it is answered, or out of date."""


def answered(conversation: Conversation) -> bool:
    """Whether what was asked last need not be answered any more."""
    if Slot.URGENCY in conversation.fixed and _is_emergency(conversation):
        return True
    return bool(_ASKS.get(conversation.step, frozenset()) & conversation.fixed)


def take(moment: Moment) -> Turn:
    """Without a word: what was set right shows in what is said next."""
    fix = moment.heard.fix
    if fix is None:
        return moment.stay()
    told = _words(moment, fix) if fix.slot is Slot.WORDS else _slot(moment, fix.slot)
    before, after = moment.now.report, told.now.report
    fixed = moment.now.fixed | {s for s in Slot if _value(before, s) != _value(after, s)}
    now = told.now.model_copy(
        update={"fixed": fixed, "settled": told.now.settled | {slot.value for slot in fixed}}
    )
    if answered(now):
        now = now.model_copy(update={"said": ()})  # “再说一遍” must not repeat what was wrong
    number = moment.number
    effect = SetRight(number=number, report=after, by=fix.by)
    return Turn(conversation=now.model_copy(update={"number": number}), say=(), effects=(effect,))


def go_on(moment: Moment) -> Turn | None:
    """The turn that follows when what was asked is settled; None when the question still stands.

    What is said in answer to it is kept as words, but does not overrule what a person set right;
    a correction of anything else does what it always does.
    """
    fixed = moment.now.fixed
    if not answered(moment.now):
        return None
    if any(correction.slot not in fixed for correction in moment.understood.corrections):
        return None
    if Slot.URGENCY in fixed and _is_emergency(moment.now):
        return emergency.alarm(moment, moment.now.doubt)
    told = absorb(moment)
    right = {slot.value: getattr(moment.now.report, slot.value) for slot in fixed - {Slot.WORDS}}
    report = told.now.report.model_copy(update=right)
    return onward(told.with_(report=report, doubt="" if Slot.URGENCY in fixed else told.now.doubt))


def wait_no_more(moment: Moment) -> Turn:
    """`GO_ON` with nothing settled any more: the question stands."""
    return moment.stay(*questions.of(moment))


def _slot(moment: Moment, slot: Slot) -> Moment:
    report, value = moment.now.report, moment.heard.text.strip()
    if not value:
        return moment
    if slot is Slot.CATEGORY and value in moment.community.lexicon.categories:
        top = report.category.top if report.category else ()
        found = Category(code=value, confidence=1.0, top=top or (value,))
        return moment.with_(report=report.model_copy(update={"category": found}))
    if slot is Slot.PLACE:
        place = _place(moment, value)
        return moment.with_(report=report.model_copy(update={"place": place}))
    if slot is Slot.URGENCY and value in list(Urgency):
        urgency = Urgency(value)
        doubt = "unsure" if urgency is Urgency.EMERGENCY else ""
        report = report.model_copy(update={"urgency": urgency})
        return moment.with_(report=report, doubt=doubt)
    if slot is Slot.PHONE:
        return moment.with_(report=report.model_copy(update={"phone": value}))
    return moment


def _place(moment: Moment, value: str) -> Place:
    """What a person writes is complete: nothing of what was heard before is added to it."""
    gazetteer = moment.community.gazetteer
    known = gazetteer.place(value) or gazetteer.find(value, moment.heard.known.address, True)
    if known is None:
        return Place(text=value, confidence=1.0)
    text = known.text if known.id else value
    return known.model_copy(update={"text": text, "confidence": 1.0, "maybe": ()})


def _words(moment: Moment, fix: Fix) -> Moment:
    """As if these words had been heard instead: understood anew, in the place of the wrong ones."""
    report = moment.now.report
    heard = Heard(
        kind=HeardKind.TEXT,
        text=moment.heard.text,
        at=moment.heard.at,
        known=moment.heard.known,
        number=moment.heard.number,
    )
    stop = moment.community.lexicon.answers.full_stop
    wrong = normalise(fix.was, stop)
    kept = tuple(words for words in report.words if normalise(words, stop) != wrong)
    free = report.model_copy(update={"words": kept, "category": None})
    said = Moment(now=moment.now, heard=heard, community=moment.community).with_(
        report=free, settled=moment.now.settled - {"category"}
    )
    told = absorb(said, place_asked=True)
    update: dict[str, object] = {}
    if told.now.report.category is None:
        update["category"] = report.category
    elif told.now.report.category.sure:
        sure = told.now.report.category.model_copy(update={"confidence": 1.0})
        update["category"] = sure
    place = told.now.report.place
    if place and place != report.place and place.id:
        update["place"] = place.model_copy(update={"confidence": 1.0})
    doubt = told.now.doubt
    if said.understood.danger is Danger.PRESENT:
        update["urgency"], doubt = Urgency.EMERGENCY, said.understood.danger_kind
    changed = told.now.report.model_copy(update=update)
    return moment.with_(report=changed, doubt=doubt, pending=told.now.pending)


def _value(report: Report, slot: Slot) -> object:
    value = getattr(report, slot.value)
    return value.code if isinstance(value, Category) else value


def _is_emergency(conversation: Conversation) -> bool:
    late = conversation.filed or conversation.step in (StepName.EMERGENCY, StepName.PERSON)
    return conversation.report.urgency is Urgency.EMERGENCY and not late
