"""“三幢二单元楼道，灯的问题，对吗？” Yes files; a correction reads back again."""

from flows.conversation import StepName, Turn
from flows.lexicon import AnswerWords
from flows.prompt import Prompt
from flows.report import Place
from flows.steps.absorb import absorb
from flows.steps.moment import Moment
from flows.steps.onward import ask, file, onward
from flows.steps.trouble import not_understood
from flows.understanding.normalise import normalise
from flows.understanding.phrases import made_of
from flows.understanding.understanding import Intent

_STORY = 6
"""Characters from which words that are no answer tell more of the matter."""
WHICH = ("place", "category", "phone")
"""What can be wrong, in the order of the keys."""


def take(moment: Moment) -> Turn:
    if moment.now.choices == WHICH:
        return _which(moment)
    understood = moment.understood
    place, known = understood.place, moment.now.report.place
    if moment.answer == "yes":
        if place and place.id and not _says(known, place.id):
            # “是四号”, “就是东门那个”: a yes in form, another place in content.
            return onward(absorb(moment, place_asked=True))
        if understood.weak and "consent" not in moment.now.settled:
            settled = moment.now.settled | {"consent"}
            return moment.stay(Prompt(key="readback.sure"), settled=settled)
        return confirmed(moment)
    if moment.answer == "no" and not _goes_on(moment):
        told = _with_words(moment, moment.community.lexicon.answers.no)
        return told.stay(Prompt(key="readback.which"), choices=WHICH, failures=0)
    if moment.wants(Intent.REPORT, Intent.CORRECTION) and (understood.category or place):
        told = absorb(moment, place_asked=bool(place and place.id))
        if told.now.report != moment.now.report:
            return onward(told)
    told = absorb(moment)
    if _goes_on(moment):
        told = _with_words(told, moment.community.lexicon.answers.no)
    before, after = moment.now.report, told.now.report
    if (after.phone, after.when, after.affected) != (before.phone, before.when, before.affected):
        return onward(told.saying(Prompt(key="corrected")))
    if told.now.doubt or (_goes_on(moment) and not moment.now.failures):
        return onward(told.with_(failures=1))
    return not_understood(told)


def _goes_on(moment: Moment) -> bool:
    """“天天都这样的，没人管”: no answer, but more of the story."""
    understood = moment.understood
    open_ = moment.answer is None or (moment.answer == "no" and understood.hinted)
    return moment.has_words and open_ and len(understood.text) >= _STORY


def _says(known: Place | None, id: str) -> bool:
    """Whether what was read back is this place or a part of it."""
    return bool(known and known.id and f"{known.id}/".startswith(f"{id}/"))


def confirmed(moment: Moment) -> Turn:
    """The resident said yes to all of it; what else they said is kept."""
    return file(_with_words(_confirm(moment), moment.community.lexicon.answers.yes))


def _with_words(moment: Moment, answer: AnswerWords) -> Moment:
    """With what was said beside the answer: “对，就是进大门右手边那只”. A telephone number has a
    slot of its own, which others see masked."""
    text, answers = moment.understood.text, moment.community.lexicon.answers
    report, place = moment.now.report, moment.understood.place
    repeated = place is not None and place.id is not None and _says(report.place, place.id)
    if not text or repeated or text in report.words or moment.understood.phone:
        return moment
    if made_of(normalise(text, answers.full_stop), answer, answers):
        return moment
    return moment.with_(report=report.model_copy(update={"words": (*report.words, text)}))


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
        return ask(moment, StepName.READBACK)
    if moment.understood.place or moment.understood.category:
        return onward(absorb(moment.with_(choices=()), place_asked=True))
    if moment.now.failures:
        return ask(moment.with_(settled=settled - {"place"}), StepName.READBACK)
    return not_understood(absorb(moment))


def _named(moment: Moment) -> str | None:
    text = moment.understood.text
    slots = moment.community.lexicon.answers.correction.slots
    return next((s for s in WHICH if any(word in text for word in slots.get(s, ()))), None)
