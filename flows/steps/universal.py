"""Words and keys with the same meaning at every step."""

from flows.conversation import StepName, Turn
from flows.effects import Pace, PersonReason, RememberPace
from flows.heard import HeardKind
from flows.prompt import Prompt
from flows.steps import called, fixed, questions
from flows.steps.handover import hand_over
from flows.steps.moment import Moment
from flows.steps.trouble import goodbye
from flows.understanding.understanding import Intent

_KEYS = {"0": Intent.PERSON, "*": Intent.REPEAT, "#": Intent.SLOWER}


def universal(moment: Moment) -> Turn | None:
    """The turn, if the input was one of them."""
    if moment.now.called and called.refuses(moment):
        return called.stop(moment)
    intent = moment.understood.intent
    if moment.heard.kind is HeardKind.KEY:
        key = moment.heard.key
        if moment.now.digits and key != "*":
            # In the middle of a number 0 is a digit and # its end; * starts it afresh.
            return None
        intent = _KEYS.get(key, Intent.UNKNOWN)
    if intent is Intent.PERSON:
        return hand_over(_with_story(moment), PersonReason.ASKED)
    if intent is Intent.REPEAT and not fixed.answered(moment.now):
        again = moment.now.said or questions.of(moment)
        return moment.stay(*again, digits="")
    now = moment.now.pace
    if intent is Intent.SLOWER and moment.heard.kind is HeardKind.KEY:
        # One key for both and the way back: slower, then louder as well, then as before.
        if now is Pace.SLOW_LOUD:
            return _pace(moment, Pace.NORMAL, "pace.normal")
        intent = Intent.LOUDER if now.slow else intent
    if intent is Intent.SLOWER:
        return _pace(moment, now.with_(Pace.SLOW), "pace.slow")
    if intent is Intent.LOUDER:
        return _pace(moment, now.with_(Pace.LOUD), "pace.loud")
    if intent is Intent.WAIT:
        return moment.stay(Prompt(key="wait"))
    if intent is Intent.STOP and moment.now.step not in (StepName.CONSENT, StepName.RESUME):
        return goodbye(moment)
    if intent is Intent.THANKS:
        if moment.now.step is StepName.FILED and moment.understood.yes_no == "no":
            return None
        return moment.stay(Prompt(key="thanks"), *questions.of(moment))
    if intent is Intent.CHAT:
        if moment.understood.complains:
            return moment.stay(Prompt(key="complaint"), *questions.of(moment))
        if moment.understood.asks_machine:
            return moment.stay(Prompt(key="machine"), *questions.of(moment))
        return moment.stay(Prompt(key="chat"), *questions.of(moment))
    return None


def _pace(moment: Moment, pace: Pace, key: str) -> Turn:
    """Change the pace and say the last thing again at it."""
    again = tuple(p for p in moment.now.said if not p.key.startswith("pace."))
    return moment.stay(
        Prompt(key=key),
        *(again or questions.of(moment)),
        effects=(RememberPace(pace=pace),),
        pace=pace,
    )


def _with_story(moment: Moment) -> Moment:
    """“灯坏了，找个人来”: the matter named beside the wish belongs to the summary."""
    from flows.steps.absorb import absorb

    understood = moment.understood
    worth = understood.category and understood.category.sure
    return absorb(moment) if worth and not moment.now.filed else moment
