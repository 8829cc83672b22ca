"""The caller hung up or the call broke."""

from flows.conversation import StepName, Turn
from flows.effects import EndConversation, PersonReason, PromiseCallback
from flows.steps.moment import Moment


def hung_up(moment: Moment) -> Turn:
    """A report that was begun stays a draft, and the step stays: calling back goes on from here."""
    if moment.now.calling:
        # They waited for a person and gave up: they still wanted one.
        reason = PersonReason.ASKED
        if moment.now.step is StepName.EMERGENCY:
            reason = PersonReason.EMERGENCY
        report = moment.now.report
        promise = PromiseCallback(reason=reason, number=moment.number, report=report)
        return moment.stay(effects=(promise,), calling=False, digits="")
    if moment.now.started:
        return moment.stay(digits="")
    return moment.go(StepName.ENDED, effects=(EndConversation(),))
