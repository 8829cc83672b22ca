"""The caller hung up or the call broke."""

from flows.conversation import StepName, Turn
from flows.effects import EndConversation
from flows.steps.moment import Moment


def hung_up(moment: Moment) -> Turn:
    """A report that was begun stays a draft, and the step stays: calling back goes on from here."""
    if moment.now.started:
        return moment.stay(digits="")
    return moment.go(StepName.ENDED, effects=(EndConversation(),))
