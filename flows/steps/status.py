"""“灯修得怎么样了？” At any time: by what it is about, or by the ticket number."""

from datetime import datetime

from flows.conversation import StepName, Turn
from flows.effects import AddNote, FindTicket
from flows.heard import HeardKind, TicketView
from flows.lexicon import Answers, AnswerWords
from flows.prompt import Prompt
from flows.steps import problem, questions
from flows.steps.absorb import absorb
from flows.steps.digits import collect
from flows.steps.moment import Moment
from flows.steps.onward import onward
from flows.steps.trouble import goodbye, not_understood
from flows.ticket_number import is_ticket_number
from flows.understanding.normalise import normalise
from flows.understanding.numbers import digit_runs
from flows.understanding.phrases import made_of, mentions
from flows.understanding.understanding import Intent

_LENGTH = 6
_LIVE = ("draft", "open", "assigned", "in_progress", "resolved", "reopened")


def asked(moment: Moment) -> Turn:
    """A status question, whatever step we are at."""
    understood = moment.understood
    if understood.unknowing and moment.now.step is StepName.STATUS:
        return take(moment)
    if understood.ticket_number:
        return _look_up(moment, understood.ticket_number)
    tickets = [t for t in moment.heard.known.tickets if t.number != _unfiled(moment)]
    about = _matching(moment, tickets)
    if about:
        return tell(moment, about)
    if _is_report(moment):
        # “灯还是不亮” from somebody who never reported it here.
        return problem.take(moment) if not moment.now.started else onward(absorb(moment))
    if moment.now.started:
        return moment.stay(Prompt(key="status.later"), *questions.of(moment))
    return moment.go(StepName.STATUS, Prompt(key="status"), about="")


def _unfiled(moment: Moment) -> str:
    return "" if moment.now.filed else moment.now.number


def _matching(moment: Moment, tickets: list[TicketView]) -> TicketView | None:
    """Of the resident's own tickets the one meant: by kind, else the newest that still lives."""
    if not tickets:
        return None
    category = moment.understood.category
    if category:
        for code in (category.code,) if category.sure else category.top:
            same = next((t for t in tickets if t.category == code), None)
            if same:
                return same
        if category.sure and not moment.wants(Intent.STATUS):
            return None
        if category.confidence >= 0.7:
            return None
    return next((t for t in tickets if t.state in _LIVE), tickets[0])


def _look_up(moment: Moment, number: str) -> Turn:
    return moment.go(
        StepName.STATUS,
        Prompt(key="status.looking"),
        effects=(FindTicket(number=number),),
        about=number,
    )


def found(moment: Moment) -> Turn:
    """The answer to `FindTicket`."""
    tickets = moment.heard.known.tickets
    if tickets:
        return tell(moment, tickets[0])
    said = Prompt(key="status.none", values={"number": moment.now.about})
    return moment.stay(said, about="", failures=moment.now.failures + 1, digits="")


def tell(moment: Moment, ticket: TicketView) -> Turn:
    """How the ticket stands, in one sentence; `resolved` asks the resident for the verdict."""
    said: tuple[Prompt, ...] = (standing(ticket, moment.heard.at),)
    effects: tuple[AddNote, ...] = ()
    text = moment.understood.text
    if text and _says_something(moment):
        effects = (AddNote(number=ticket.number, text=text),)
        said = (*said, Prompt(key="status.passed_on"))
    if ticket.state == "resolved":
        return moment.go(
            StepName.VERDICT,
            *said,
            Prompt(key="verdict"),
            effects=effects,
            about=ticket.number,
            asked=True,
        )
    if moment.now.started:
        # Asked in the middle of a report: answer, and lead back to where it was.
        return moment.stay(*said, *questions.of(moment), effects=effects)
    return moment.go(
        StepName.STATUS, *said, Prompt(key="status.more"), effects=effects, about=ticket.number
    )


def _is_report(moment: Moment) -> bool:
    """A matter named with a place or a complaint, not only a question how it stands."""
    category, place = moment.understood.category, moment.understood.place
    if category is None or not category.sure or category.code == "other":
        return False
    return (
        bool(place and place.id)
        or _says_something(moment)
        or not _mentions(moment, _words(moment).reported)
    )


def _says_something(moment: Moment) -> bool:
    """More than a question: it goes to whoever works on the ticket."""
    words = _words(moment)
    return _mentions(moment, words.still_broken, words.urging)


def _mentions(moment: Moment, *lists: AnswerWords) -> bool:
    answers = _words(moment)
    plain = normalise(moment.understood.text, answers.full_stop)
    return any(mentions(plain, words, answers, 40) for words in lists)


def _words(moment: Moment) -> Answers:
    return moment.community.lexicon.answers


def take(moment: Moment) -> Turn:
    """After the answer, or after asking for the number."""
    if moment.now.about:
        return _after(moment)
    if moment.heard.kind is HeardKind.KEY or (moment.now.digits and not moment.has_words):
        done = collect(moment, _LENGTH)
        if isinstance(done, Turn):
            return done
        if not is_ticket_number(done):
            return moment.stay(
                Prompt(key="status.wrong"), digits="", failures=moment.now.failures + 1
            )
        return _look_up(moment, done)
    if moment.wants(Intent.REPORT) and moment.understood.category:
        return problem.take(moment)
    if moment.wants(Intent.NO) or moment.understood.unknowing:
        return moment.go(StepName.PROBLEM, Prompt(key="status.unknown"))
    return not_understood(moment)


def _after(moment: Moment) -> Turn:
    if moment.answer == "no":
        return goodbye(moment)
    if moment.answer == "yes" or _has_more(moment):
        return moment.go(StepName.PROBLEM, Prompt(key="problem"), about="")
    if moment.wants(Intent.REPORT) and moment.understood.category and not _rates(moment):
        return problem.take(moment.with_(about=""))
    if moment.has_words:
        runs = digit_runs(moment.understood.text, moment.community.lexicon.numbers)
        if runs and len(runs[0]) == _LENGTH:
            return moment.stay(Prompt(key="status.wrong"), about="")
        note = AddNote(number=moment.now.about, text=moment.understood.text)
        return moment.stay(Prompt(key="noted"), Prompt(key="status.more"), effects=(note,))
    return not_understood(moment)


def _rates(moment: Moment) -> bool:
    """“师傅很热心”, to who was just asked how it went: about that, and no praise of its own."""
    category, place = moment.understood.category, moment.understood.place
    asked = any(prompt.key == "verdict.yes" for prompt in moment.now.said)
    return asked and place is None and category is not None and category.code == "suggestion"


def _has_more(moment: Moment) -> bool:
    """“还有”, to “还有别的事吗？”"""
    answers = moment.community.lexicon.answers
    plain = normalise(moment.understood.text, answers.full_stop)
    return made_of(plain, answers.more, answers)


def standing(ticket: TicketView, at: datetime) -> Prompt:
    """How a ticket stands, with its date in the zone of `at`."""
    values: dict[str, str | int] = {
        "number": ticket.number,
        "category": ticket.category,
        "place": ticket.place,
        "state": ticket.state,
        "note": ticket.note,
        "date": ticket.updated.astimezone(at.tzinfo).date().isoformat(),
    }
    return Prompt(key="status.is", values=values)
