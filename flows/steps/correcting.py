"""One slot changed at any step, before filing or after, without starting over."""

from flows.conversation import StepName, Turn
from flows.prompt import Prompt
from flows.report import SURE_CATEGORY, Category, Place, Report
from flows.steps import readback
from flows.steps.absorb import absorb
from flows.steps.merge import merge
from flows.steps.moment import Moment
from flows.steps.onward import onward
from flows.steps.readback import WHICH
from flows.understanding.time import find_time


def correct(moment: Moment) -> Turn:
    """Apply what was corrected; ask for the right value where only the slot was named."""
    told = absorb(moment)
    report = told.now.report.model_copy(
        update={"place": moment.now.report.place, "category": moment.now.report.category}
    )
    told = told.with_(report=report)
    slot, value = "", ""
    for correction in moment.understood.corrections:
        slot, value = correction.slot, correction.value
        told = _apply(told, slot, value)
        if slot == "place" and told.now.report.place == moment.now.report.place:
            # “不是四幢” about the house read back: it is denied, the right one not yet said.
            value = ""
    if _repeats(moment, told):
        return readback.confirmed(moment)
    if not value:
        return _ask_for(told, slot)
    return onward(told if told.now.filed else told.saying(Prompt(key="corrected")))


def _repeats(moment: Moment, told: Moment) -> bool:
    """“是四幢” about the house read back, “是灯” about the kind: a yes."""
    words = moment.community.lexicon.answers.correction
    one = moment.understood.corrections[0]
    denied = any(word in moment.understood.text for word in words.not_but)
    reads_back = moment.now.step is StepName.READBACK and not moment.now.choices
    before, after = moment.now.report, told.now.report
    if one.slot == "place":
        same = after.place == before.place
    else:
        same = one.slot == "category" and _code(after) == _code(before) != ""
    return reads_back and bool(one.value) and not denied and same


def _code(report: Report) -> str:
    return report.category.code if report.category else ""


def _apply(moment: Moment, slot: str, value: str) -> Moment:
    if not value:
        return moment
    report, settled = moment.now.report, moment.now.settled
    lexicon = moment.community.lexicon
    if slot == "place":
        old = report.place
        # What the correction leaves open (“是一单元”) is read against the place it corrects.
        place = moment.community.gazetteer.find(value, old or moment.heard.known.address, True)
        if place is None or (place.id is None and old and not place.building):
            before = old.text if old else ""
            place = Place(text=f"{before}{value}", confidence=0.6)
        elif old:
            place = merge(old, place, moment.community.gazetteer)
        report = report.model_copy(update={"place": place})
        settled = settled | {"place"}
    elif slot == "phone":
        report = report.model_copy(update={"phone": value})
    elif slot == "time":
        when = find_time(value, moment.heard.at, lexicon.times, lexicon.numbers)
        report = report.model_copy(update={"when": when or report.when})
    elif slot == "name":
        report = report.model_copy(update={"name": value})
    elif slot == "category" and moment.understood.category:
        found = moment.understood.category
        category = Category(
            code=found.code, confidence=max(found.confidence, SURE_CATEGORY), top=found.top
        )
        report = report.model_copy(update={"category": category})
    return moment.with_(report=report, settled=settled)


def _ask_for(moment: Moment, slot: str) -> Turn:
    settled = moment.now.settled - {slot}
    if slot == "phone":
        return moment.go(StepName.CONTACT, Prompt(key="contact.right"), settled=settled)
    if slot == "place":
        return moment.go(StepName.PLACE, Prompt(key="place.right"), settled=settled)
    if slot == "category":
        report = moment.now.report.model_copy(update={"category": None})
        if moment.now.filed:
            report = moment.now.report
        return moment.with_(report=report).go(
            StepName.PROBLEM, Prompt(key="problem.right"), settled=settled
        )
    return moment.go(StepName.READBACK, Prompt(key="readback.which"), choices=WHICH)
