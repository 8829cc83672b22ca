"""After filing: a correction amends, a new matter begins a new ticket, “没有了” says goodbye."""

from flows.conversation import StepName, Turn
from flows.heard import HeardKind
from flows.prompt import Prompt
from flows.report import Report
from flows.steps import problem
from flows.steps.absorb import absorb
from flows.steps.merge import merge
from flows.steps.moment import Moment
from flows.steps.onward import amended, onward
from flows.steps.trouble import goodbye, not_understood
from flows.understanding.normalise import normalise
from flows.understanding.phrases import made_of
from flows.understanding.understanding import Intent

_CERTAIN = 0.9
"""Confidence from which words that speak of no place are a new question."""


def take(moment: Moment) -> Turn:
    understood, heard = moment.understood, moment.heard
    if heard.kind in (HeardKind.PICTURE, HeardKind.LOCATION, HeardKind.SCENE):
        told = absorb(moment)
        return told.stay(Prompt(key="picture" if heard.kind is HeardKind.PICTURE else "noted"))
    if moment.now.pending and moment.answer:
        return _pending(moment)
    further = understood.category and not (_says_where(moment) or _asks_on(moment))
    if further and moment.wants(Intent.REPORT, Intent.STATUS, Intent.UNKNOWN):
        return problem.take(another(moment))
    if moment.answer == "no":
        if moment.on_phone:
            return goodbye(moment)
        answers = moment.community.lexicon.answers
        enough = made_of(
            normalise(understood.text, answers.full_stop), answers.nothing_more, answers
        )
        return moment.stay(Prompt(key="filed.good" if enough else "filed.wrong"))
    if moment.answer == "yes":
        if moment.on_phone:
            return another(moment).go(StepName.PROBLEM, Prompt(key="problem"))
        return moment.stay(Prompt(key="filed.good"))
    if understood.place:
        old = moment.now.report.place
        place = merge(old, understood.place, moment.community.gazetteer)
        told = absorb(moment)
        report = told.now.report.model_copy(update={"place": place})
        return amended(told.with_(report=report))
    if understood.phone:
        return amended(absorb(moment))
    if moment.has_words:
        # Nothing said is dropped: it goes to the ticket.
        more = (Prompt(key="filed.more"),) if moment.on_phone else ()
        return absorb(moment).go(StepName.FILED, Prompt(key="noted"), *more)
    return not_understood(moment)


def _says_where(moment: Moment) -> bool:
    """“7幢垃圾房” after a report of no certain place."""
    old = moment.now.report.place
    return moment.understood.only_where and not (old and old.id)


def _asks_on(moment: Moment) -> bool:
    """“在哪里？” after a question: no matter of its own."""
    category = moment.understood.category
    if category is None or category.confidence >= _CERTAIN:
        return False
    return moment.community.lexicon.categories[category.code].anywhere


def _pending(moment: Moment) -> Turn:
    """“您还说了…，也报上去吗？” Yes takes it up without it being said again."""
    fresh = another(moment)
    if moment.answer == "no":
        more = (Prompt(key="filed.more"),) if moment.on_phone else ()
        return moment.go(StepName.FILED, Prompt(key="filed.also.no"), *more, pending="")
    heard = moment.heard.model_copy(
        update={
            "kind": HeardKind.TEXT,
            "text": moment.now.pending,
            "alternatives": (),
            "prompted": None,
        }
    )
    said = Moment(now=fresh.now, heard=heard, community=moment.community)
    told = absorb(said)
    report, place = told.now.report, moment.now.report.place
    if place is not None and (report.place is None or not report.place.id):
        # The same breath, so probably the same place; it is read back, or shown.
        here = report.place or place
        here = merge(place, here, moment.community.gazetteer)
        report = report.model_copy(update={"place": here})
    return onward(told.with_(report=report))


def another(moment: Moment) -> Moment:
    """A further matter of the same resident: a new report and a new number."""
    report = moment.now.report
    return moment.with_(
        step=StepName.PROBLEM,
        report=Report(phone=report.phone, name=report.name, affected=report.affected),
        number="",
        filed=False,
        settled=frozenset(),
        failures=0,
        doubt="",
        choices=(),
        pending="",
    )
