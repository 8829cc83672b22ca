"""“三幢二单元楼道，灯的问题，对吗？” Yes files; a correction reads back again."""

from flows.conversation import StepName, Turn
from flows.prompt import Prompt
from flows.steps import questions
from flows.steps.absorb import absorb
from flows.steps.moment import Moment
from flows.steps.onward import ask, file, onward
from flows.steps.trouble import not_understood
from flows.understanding.understanding import Intent

WHICH = ("place", "category", "phone")
"""What can be wrong, in the order of the keys."""


def take(moment: Moment) -> Turn:
    if moment.now.choices == WHICH:
        return _which(moment)
    understood = moment.understood
    place, known = understood.place, moment.now.report.place
    if moment.answer == "yes":
        if place and place.id and known and known.id and not known.id.startswith(place.id):
            # “是四号”: a yes in form, another house in content.
            return onward(absorb(moment, place_asked=True))
        if understood.weak and "consent" not in moment.now.settled:
            settled = moment.now.settled | {"consent"}
            return moment.stay(Prompt(key="readback.sure"), settled=settled)
        return confirmed(moment)
    if moment.answer == "no":
        return moment.stay(Prompt(key="readback.which"), choices=WHICH, failures=0)
    if moment.wants(Intent.REPORT, Intent.CORRECTION) and (understood.category or place):
        told = absorb(moment, place_asked=bool(place and place.id))
        if told.now.report != moment.now.report:
            return onward(told)
    told = absorb(moment)
    return onward(told) if told.now.doubt else not_understood(told)


def confirmed(moment: Moment) -> Turn:
    """The resident said yes to all of it."""
    return file(_confirm(moment))


def _confirm(moment: Moment) -> Moment:
    report = moment.now.report
    slots = {slot for slot in ("category", "place", "phone") if getattr(report, slot)}
    return moment.with_(report=report.model_copy(update={"confirmed": report.confirmed | slots}))


def _which(moment: Moment) -> Turn:
    """The answer to “哪里不对？”"""
    picked = moment.picked or _named(moment)
    settled = moment.now.settled
    if picked == "place":
        return moment.with_(settled=settled - {"place"}).go(
            StepName.PLACE, Prompt(key="place.right")
        )
    if picked == "category":
        report = moment.now.report.model_copy(update={"category": None})
        return moment.with_(report=report, settled=settled - {"category"}).go(
            StepName.PROBLEM, Prompt(key="problem.right")
        )
    if picked == "phone":
        return moment.with_(settled=settled - {"phone"}).go(
            StepName.CONTACT, Prompt(key="contact.right")
        )
    if moment.answer == "yes" and not moment.understood.category:
        return moment.stay(*questions.of(moment))
    if moment.understood.place or moment.understood.category:
        return onward(absorb(moment.with_(choices=()), place_asked=True))
    if moment.now.failures:
        return ask(moment.with_(settled=settled - {"place"}), StepName.READBACK)
    return not_understood(absorb(moment))


def _named(moment: Moment) -> str | None:
    text = moment.understood.text
    slots = moment.community.lexicon.answers.correction.slots
    return next((s for s in WHICH if any(word in text for word in slots.get(s, ()))), None)
