"""“邻居已经报过了，是同一件事吗？” Only a clear yes joins: what disappears wrongly in another
ticket is not looked after, what stands twice is merged at the desk."""

from flows.conversation import StepName, Turn
from flows.effects import JoinTicket
from flows.prompt import Prompt
from flows.report import Urgency
from flows.steps import questions
from flows.steps.moment import Moment
from flows.steps.onward import file
from flows.steps.trouble import not_understood


def asked(moment: Moment) -> Turn | None:
    """The question, if there is such a ticket and it was not asked yet. Danger is never asked."""
    same, now = moment.heard.known.same, moment.now
    if same is None or "same" in now.settled or now.report.urgency is Urgency.EMERGENCY:
        return None
    to = moment.with_(step=StepName.SAME, about=same.number)
    return to.go(StepName.SAME, *questions.of(to), settled=now.settled | {"same"})


def take(moment: Moment) -> Turn:
    sure = not moment.understood.weak and not moment.understood.unknowing
    if moment.answer == "yes" and sure:
        return _join(moment)
    if moment.answer == "no" or not sure or moment.now.failures:
        return file(moment.with_(about=""))
    return not_understood(moment)


def _join(moment: Moment) -> Turn:
    report, number = moment.now.report, moment.number
    effect = JoinTicket(number=number, into=moment.now.about, report=report)
    values: dict[str, str | int] = {"number": number}
    said = [Prompt(key="joined", values=values)]
    if moment.on_phone:
        said += [Prompt(key="filed.again", values=values), Prompt(key="filed.more")]
    return moment.go(StepName.FILED, *said, effects=(effect,), number=number, filed=True, about="")
