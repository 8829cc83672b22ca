"""“现在有人受伤或者有危险吗？”: asked only when the words leave it in doubt."""

from flows.conversation import Turn
from flows.effects import PersonReason
from flows.prompt import Prompt
from flows.report import Urgency
from flows.steps import emergency, questions
from flows.steps.absorb import absorb
from flows.steps.moment import Moment
from flows.steps.onward import onward
from flows.steps.trouble import not_understood


def take(moment: Moment) -> Turn:
    place = moment.understood.place
    says_where = place is not None and place.id is not None
    if moment.answer == "yes" and not moment.understood.weak and not says_where:
        return emergency.alarm(moment, moment.now.doubt, PersonReason.EMERGENCY)
    told = absorb(moment)
    settled = told.with_(settled=told.now.settled | {"urgency"}, doubt="")
    if moment.answer == "no":
        return onward(settled)
    if moment.understood.unknowing or moment.understood.weak or moment.now.failures:
        # Not sure is no reason to press on: somebody looks at it today.
        report = settled.now.report
        if report.urgency is Urgency.NORMAL:
            report = report.model_copy(update={"urgency": Urgency.URGENT})
        return onward(settled.with_(report=report).saying(Prompt(key="urgency.today")))
    if says_where or told.now.report.place != moment.now.report.place:
        # “对的，就是三零二”: where it is, before they come to how bad. Taken, and asked again.
        return told.stay(*questions.of(told))
    return not_understood(told)
