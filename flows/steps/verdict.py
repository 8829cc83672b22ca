"""“修好了吗？” Nothing counts as solved because a worker said so."""

from flows.conversation import StepName, Turn
from flows.effects import AddNote, GiveVerdict
from flows.prompt import Prompt
from flows.steps.moment import Moment
from flows.steps.trouble import not_understood
from flows.understanding.normalise import normalise
from flows.understanding.phrases import made_of


def unasked(moment: Moment) -> Turn | None:
    """“好了” or “还没好” in answer to the notice that a ticket is resolved."""
    resolved = [t for t in moment.heard.known.tickets if t.state == "resolved"]
    if moment.on_phone or moment.now.started or not resolved or not moment.has_words:
        return None
    answers = moment.community.lexicon.answers
    plain = normalise(moment.understood.text, answers.full_stop)
    solved = made_of(plain, answers.solved, answers) and not made_of(plain, answers.yes, answers)
    if not solved and not made_of(plain, answers.still_broken, answers):
        return None
    verdict = GiveVerdict(number=resolved[0].number, solved=solved, text=moment.understood.text)
    said = Prompt(key="verdict.yes" if solved else "verdict.no")
    return moment.go(StepName.STATUS, said, effects=(verdict,), about=resolved[0].number)


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
