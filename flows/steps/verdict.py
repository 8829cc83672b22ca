"""“修好了吗？” Nothing counts as solved because a worker said so."""

from flows.conversation import StepName, Turn
from flows.effects import AddNote, GiveVerdict
from flows.prompt import Prompt
from flows.steps.moment import Moment
from flows.steps.trouble import not_understood


def take(moment: Moment) -> Turn:
    number, text = moment.now.about, moment.understood.text
    if moment.answer == "yes" and not moment.understood.weak:
        verdict = GiveVerdict(number=number, solved=True, text=text)
        return moment.go(StepName.STATUS, Prompt(key="verdict.yes"), effects=(verdict,))
    if moment.answer == "no":
        verdict = GiveVerdict(number=number, solved=False, text=text)
        return moment.go(StepName.STATUS, Prompt(key="verdict.no"), effects=(verdict,))
    if moment.understood.unknowing or moment.understood.weak:
        return moment.go(StepName.STATUS, Prompt(key="verdict.later"))
    if moment.has_words and moment.now.failures:
        note = AddNote(number=number, text=text)
        return moment.go(
            StepName.STATUS, Prompt(key="noted"), Prompt(key="status.more"), effects=(note,)
        )
    return not_understood(moment)
