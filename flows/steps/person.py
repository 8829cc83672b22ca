"""While a person is being called, and after a call-back was promised."""

from flows.conversation import StepName, Turn
from flows.effects import EndConversation, PersonReason, PersonTook
from flows.heard import HeardKind
from flows.prompt import Prompt
from flows.steps.absorb import absorb
from flows.steps.handover import promise
from flows.steps.moment import Moment
from flows.steps.onward import onward
from flows.steps.trouble import goodbye, not_understood
from flows.understanding.understanding import Intent


def nobody(moment: Moment) -> Turn:
    """Nobody took the call."""
    emergency = moment.now.step is StepName.EMERGENCY
    reason = PersonReason.EMERGENCY if emergency else PersonReason.ASKED
    return promise(moment, reason, StepName.EMERGENCY if emergency else StepName.PERSON)


def connected(moment: Moment) -> Turn:
    """A person took the call: the rest is between the two of them."""
    took = PersonTook(number=moment.number)
    return moment.go(StepName.ENDED, effects=(took, EndConversation()), calling=False)


def take(moment: Moment) -> Turn:
    """Something may be left for the person who calls back."""
    if moment.answer == "no":
        return goodbye(moment)
    if moment.answer == "yes":
        return moment.stay(Prompt(key="listening"))
    category = moment.understood.category
    if moment.wants(Intent.REPORT) and category and category.sure:
        return onward(absorb(moment))
    if moment.has_words or moment.heard.kind in (HeardKind.PICTURE, HeardKind.LOCATION):
        return absorb(moment).go(StepName.PERSON, Prompt(key="noted"), Prompt(key="person"))
    return not_understood(moment)
