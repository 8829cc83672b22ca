"""“修好了吗？” Nothing counts as solved because a worker said so."""

from flows.conversation import StepName, Turn
from flows.effects import AddNote, GiveVerdict
from flows.heard import TicketView
from flows.prompt import Prompt
from flows.steps.moment import Moment
from flows.steps.trouble import not_understood
from flows.understanding.normalise import normalise
from flows.understanding.phrases import made_of, mentions
from flows.understanding.understanding import Intent


def unasked(moment: Moment) -> Turn | None:
    """“好了” or “还没好” in answer to the notice that a ticket is resolved, or a tap on it, which
    says the number too. After a notice of silence “还没好” opens again what was closed."""
    if moment.on_phone or moment.now.started or not moment.has_words:
        return None
    answers = moment.community.lexicon.answers
    number = moment.understood.ticket_number
    plain = normalise(moment.understood.text, answers.full_stop)
    if number:
        plain = plain.replace(number, "").strip(answers.full_stop)
    solved = made_of(plain, answers.solved, answers) or _tells_it_works(moment, plain)
    if not solved and not made_of(plain, answers.still_broken, answers):
        return None
    known = moment.heard.known.tickets
    mended = [t for t in known if t.state == "resolved"]
    # “还没好” also opens again what silence closed.
    asked = mended if solved else [*mended, *(t for t in known if t.state == "closed")]
    subject = number or moment.now.about or moment.now.number
    ticket = next((t for t in asked if t.number == subject), None)
    if ticket is None and not number:
        ticket = next(iter(asked), None)
    if ticket is None:
        return None
    if not number and subject not in ("", ticket.number):
        # “好了” may also mean that there is nothing more to say about something else.
        if ticket.state == "closed" or made_of(plain, answers.yes, answers):
            return None
    elif solved and not number and made_of(plain, answers.yes, answers):
        # “好的” may be only polite.
        whole = answers.solved.whole
        if plain not in whole or plain in answers.yes.whole:
            return None
    if solved and subject != ticket.number and len(mended) > 1:
        return moment.go(
            StepName.VERDICT, before(ticket), Prompt(key="verdict"), about=ticket.number, asked=True
        )
    verdict = GiveVerdict(number=ticket.number, solved=solved, text=moment.understood.text)
    said = Prompt(key="verdict.yes" if solved else "verdict.no")
    return moment.go(StepName.STATUS, said, effects=(verdict,), about=ticket.number)


def _tells_it_works(moment: Moment, plain: str) -> bool:
    """“灯亮了”, of the kind of thing that is said to be mended, or with praise (“修好了，师傅很
    热心”); not “灯修好了吗”."""
    category = moment.understood.category
    return (
        category is not None
        and not moment.wants(Intent.STATUS)
        and any(
            t.state == "resolved" and category.code in (t.category, "suggestion")
            for t in moment.heard.known.tickets
        )
        and mentions(
            plain, moment.community.lexicon.answers.solved, moment.community.lexicon.answers
        )
    )


def before(ticket: TicketView) -> Prompt:
    """What the question is about."""
    values: dict[str, str | int] = {"place": ticket.place, "category": ticket.category}
    return Prompt(key="verdict.before", values=values)


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
