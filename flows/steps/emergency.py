"""Danger to life: the right number is said and a person called before anything else is asked."""

from flows.conversation import StepName, Turn
from flows.effects import PersonReason
from flows.heard import HeardKind
from flows.prompt import Prompt
from flows.report import SURE_CATEGORY, Category, Report, Urgency
from flows.steps.absorb import absorb
from flows.steps.handover import hand_over, located
from flows.steps.moment import Moment
from flows.steps.onward import onward
from flows.steps.trouble import goodbye, not_understood
from flows.understanding.emergency import Danger
from flows.understanding.normalise import normalise
from flows.understanding.phrases import made_of
from flows.understanding.understanding import Intent

_NUMBERS = {
    "fire": "119",
    "gas": "119",
    "trapped": "119",
    "ill": "120",
    "crime": "110",
    "suicide": "110",
    "missing": "110",
}
"""China's emergency numbers: 119 fire and rescue, 120 ambulance, 110 police."""
_CATEGORIES = {
    "gas": "gas",
    "crime": "public_security",
    "missing": "public_security",
    "ill": "health_help",
}


def alarm(moment: Moment, kind: str, reason: PersonReason = PersonReason.EMERGENCY) -> Turn:
    """Present danger: number, person, and the draft with what was said."""
    if moment.now.filed:
        # Another matter than the one just filed.
        moment = moment.with_(report=Report(), number="", filed=False, settled=frozenset())
    told = absorb(moment)
    report = told.now.report
    changes: dict[str, object] = {"urgency": Urgency.EMERGENCY}
    sure = report.category is not None and report.category.sure
    # “摔了一跤爬不起来” sounds like a bad road; what the danger is says more than the words.
    if kind in _CATEGORIES or not sure:
        code = _CATEGORIES.get(kind, "other")
        changes["category"] = Category(code=code, confidence=SURE_CATEGORY, top=(code,))
    told = told.with_(
        report=report.model_copy(update=changes),
        settled=told.now.settled | {"urgency"},
        doubt="",
    )
    number = _NUMBERS.get(kind, "110")
    key = f"emergency.{kind}" if kind in _NUMBERS else "emergency.unsure"
    return hand_over(told.saying(Prompt(key=key, values={"emergency": number})), reason)


def take(moment: Moment) -> Turn:
    """More about it, while somebody is on the way."""
    understood = moment.understood
    if understood.danger is Danger.PRESENT:
        return alarm(moment, understood.danger_kind)
    if moment.answer == "no" and _says_all(moment):
        # “没有了” has nothing to add; it does not say that the danger is over.
        return goodbye(moment)
    if moment.wants(Intent.NO) and not understood.category and not moment.now.failures:
        return _all_clear(moment)
    told = absorb(moment, place_asked=True)
    if moment.has_words or moment.heard.kind in (HeardKind.PICTURE, HeardKind.LOCATION):
        key = "emergency.more" if located(told) else "emergency.where"
        return told.go(StepName.EMERGENCY, Prompt(key="noted"), Prompt(key=key))
    if moment.heard.kind is HeardKind.KEY:
        return goodbye(told) if moment.answer == "no" else not_understood(told)
    return not_understood(told)


def _says_all(moment: Moment) -> bool:
    answers = moment.community.lexicon.answers
    return made_of(
        normalise(moment.understood.text, answers.full_stop), answers.nothing_more, answers
    )


def _all_clear(moment: Moment) -> Turn:
    """“没有着火”, “不是”: what was said stays a report, looked at today."""
    report = moment.now.report.model_copy(update={"urgency": Urgency.URGENT})
    return onward(moment.with_(report=report).saying(Prompt(key="emergency.over")))
