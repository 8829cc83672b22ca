"""“邻居已经报过了，是同一件事吗？” Only a clear yes joins: what disappears wrongly in another
ticket is not looked after, what stands twice is merged at the desk."""

from flows.conversation import StepName, Turn
from flows.effects import JoinTicket
from flows.prompt import Prompt
from flows.report import Urgency
from flows.steps import questions
from flows.steps.merge import merge
from flows.steps.moment import Moment
from flows.steps.onward import file, onward
from flows.steps.readback import WHICH
from flows.steps.trouble import not_understood

_SURE = 0.7
"""Confidence from which what they say of the place is taken: then it is in words for a place."""


def asked(moment: Moment) -> Turn | None:
    """The question, if there is such a ticket and it was not asked yet. Danger is never asked."""
    same, now = moment.heard.known.same, moment.now
    if same is None or "same" in now.settled or now.report.urgency is Urgency.EMERGENCY:
        return None
    to = moment.with_(step=StepName.SAME, about=same.number)
    return to.go(StepName.SAME, *questions.of(to), settled=now.settled | {"same"})


def take(moment: Moment) -> Turn:
    understood = moment.understood
    sure = not understood.weak and not understood.unknowing
    if moment.answer == "yes" and sure and not understood.corrections:
        return _join(moment)
    alone = moment.with_(about="")
    if (moment.answer == "no" or understood.corrections) and (other := _elsewhere(alone)):
        return other
    if moment.answer == "no" or not sure or moment.now.failures:
        return file(alone)
    if understood.corrections:
        return alone.go(StepName.READBACK, Prompt(key="readback.which"), choices=WHICH)
    return not_understood(moment)


def _elsewhere(moment: Moment) -> Turn | None:
    """“不是，是三楼的灯”: what makes it another matter belongs to the report, and is read back."""
    report, gazetteer = moment.now.report, moment.community.gazetteer
    place = gazetteer.find(moment.understood.text, report.place, True)
    if place is None or not place.id or place.confidence < _SURE or report.place is None:
        return None
    place = merge(report.place, place, gazetteer)
    old = report.place
    if (place.id, place.floor, place.text) == (old.id, old.floor, old.text):
        return None
    settled = moment.now.settled
    if place.id and old.id and not place.id.startswith(old.id):
        settled = settled - {"same"}  # another house: there may be another neighbour's report
    words = (*report.words, moment.understood.text)
    report = report.model_copy(update={"place": place, "words": words})
    told = moment.with_(report=report, settled=settled | {"place"})
    return onward(told.saying(Prompt(key="corrected")))


def _join(moment: Moment) -> Turn:
    report, number = moment.now.report, moment.number
    effect = JoinTicket(number=number, into=moment.now.about, report=report)
    values: dict[str, str | int] = {"number": number}
    said = [Prompt(key="joined", values=values)]
    if moment.on_phone:
        said += [Prompt(key="filed.again", values=values), Prompt(key="filed.more")]
    return moment.go(StepName.FILED, *said, effects=(effect,), number=number, filed=True, about="")
