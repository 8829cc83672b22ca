"""What is the matter: an open question, and at most three choices when the kind stays doubtful."""

from flows.conversation import StepName, Turn
from flows.heard import HeardKind
from flows.prompt import Prompt
from flows.report import Category
from flows.steps import questions
from flows.steps.absorb import absorb
from flows.steps.moment import Moment
from flows.steps.onward import onward
from flows.steps.trouble import not_understood
from flows.understanding.understanding import Intent


def take(moment: Moment) -> Turn:
    if moment.now.choices:
        return _chosen(moment)
    if moment.heard.kind is HeardKind.KEY:
        return not_understood(moment.with_(step=StepName.PROBLEM))
    if moment.wants(Intent.YES, Intent.NO) and moment.understood.category is None:
        return not_understood(moment.with_(step=StepName.PROBLEM))
    unable = moment.understood.unknowing and moment.understood.category is None
    if unable and not moment.now.failures:
        # “我年纪大了，说不清楚”
        told = absorb(moment).with_(step=StepName.PROBLEM)
        return told.stay(Prompt(key="problem.slowly"), failures=1)
    told = absorb(moment).with_(step=StepName.PROBLEM)
    report = told.now.report
    if moment.heard.kind is HeardKind.PICTURE:
        told = told.saying(Prompt(key="picture"))
    if report.category is None and report.place is None and moment.has_words:
        return not_understood(told)
    if report.category is None and moment.now.failures:
        # Asked twice and told a place: the words are kept, a person will name the kind.
        return onward(_settle(told, "other"))
    placed = report.place != moment.now.report.place
    asked = moment.now.step is StepName.PROBLEM
    if report.category is None and moment.has_words and asked and not placed:
        return not_understood(told)
    return onward(told)


def _chosen(moment: Moment) -> Turn:
    """The answer to “是灯的问题，还是…？”"""
    if moment.picked:
        return onward(_settle(moment, moment.picked))
    category = moment.understood.category
    named = moment.has_words and category
    # “七幢二单元门口” says where, and of what only what doors are mostly about.
    sure = category and category.sure and not moment.understood.only_where
    if named and category and (category.code in moment.now.choices or sure):
        return onward(_settle(absorb(moment), category.code))
    if moment.wants(Intent.YES):
        # Yes to a list most likely means its first.
        return onward(_settle(moment, moment.now.choices[0]))
    told = absorb(moment)
    if told.now.report.place != moment.now.report.place:
        # Where, before they come to what: taken, and asked again.
        kept = told.now.report.model_copy(update={"category": moment.now.report.category})
        return told.with_(report=kept).stay(*questions.of(told))
    if moment.wants(Intent.NO) or moment.heard.kind is HeardKind.KEY or moment.now.failures:
        return onward(_settle(absorb(moment), "other").saying(Prompt(key="problem.other")))
    return not_understood(absorb(moment))


def _settle(moment: Moment, code: str) -> Moment:
    report = moment.now.report
    old = report.category
    top = old.top if old else (code,)
    confirmed = code != "other"
    category = Category(code=code, confidence=1.0 if confirmed else 0.0, top=top)
    changes: dict[str, object] = {"category": category}
    if confirmed:
        changes["confirmed"] = report.confirmed | {"category"}
    return moment.with_(
        report=report.model_copy(update=changes),
        settled=moment.now.settled | {"category"},
        choices=(),
    )
