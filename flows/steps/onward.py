"""Which question comes next: the first slot that is missing or doubtful, and when none is, the
read-back on the phone and filing elsewhere."""

from flows.channel import Channel
from flows.conversation import StepName, Turn
from flows.effects import FileTicket
from flows.prompt import Prompt
from flows.report import Category, Report
from flows.steps import questions
from flows.steps.absorb import SURE_PLACE
from flows.steps.moment import Moment

_LIKELY = 0.5
"""Confidence from which a place is asked about by its name, “是东门吗？”."""


def onward(moment: Moment) -> Turn:
    """Ask for what is missing, or file."""
    moment = _settle_contact(moment)
    now = moment.now
    report, settled = now.report, now.settled
    if now.doubt and "urgency" not in settled:
        return ask(moment, StepName.URGENCY)
    if report.category is None and "category" not in settled:
        return ask(moment, StepName.PROBLEM)
    if report.category and not report.category.sure and "category" not in settled:
        return ask(moment, StepName.PROBLEM, choices=report.category.top[:3])
    if _place_open(moment):
        return ask(moment, StepName.PLACE, choices=_offer(moment))
    if now.filed:
        return amended(moment)
    if now.channel is Channel.PHONE and not report.phone and "phone" not in settled:
        return ask(moment, StepName.CONTACT)
    if now.channel is Channel.PHONE:
        return ask(moment, StepName.READBACK)
    return file(moment)


def _place_open(moment: Moment) -> bool:
    """Whether it is still to be asked where."""
    report = moment.now.report
    if "place" in moment.now.settled:
        return False
    if report.place is None:
        kinds = moment.community.lexicon.categories
        return not (report.category and kinds[report.category.code].anywhere)
    return report.place.confidence < SURE_PLACE


def _offer(moment: Moment) -> tuple[str, ...]:
    """What there is to choose from: the home, a place that may be meant, or one of several."""
    place, home = moment.now.report.place, moment.heard.known.address
    if place is None:
        return ("home",) if home and home.text else ()
    if place.id and place.confidence >= _LIKELY:
        return questions.SURE
    return place.maybe if len(place.maybe) <= questions.LISTED else ()


def amended(moment: Moment) -> Turn:
    """A filed ticket was corrected: say how it stands now."""
    values = {"number": moment.number, **questions.summary(moment)}
    more = (Prompt(key="filed.more"),) if moment.on_phone else ()
    return moment.go(StepName.FILED, Prompt(key="amended.read", values=values), *more)


def _settle_contact(moment: Moment) -> Moment:
    """The line somebody calls from is their number; they are not asked for what we know."""
    report, phone = moment.now.report, moment.heard.known.phone
    if report.phone or not phone or report == Report():
        return moment
    return moment.with_(report=report.model_copy(update={"phone": phone}))


def ask(moment: Moment, step: StepName, choices: tuple[str, ...] = ()) -> Turn:
    """Go to a step with its question."""
    to = moment.with_(step=step, choices=choices)
    same = moment.now.step is step and moment.now.choices == choices
    failures = moment.now.failures if same else 0
    return moment.go(step, *questions.of(to), choices=choices, failures=failures)


def file(moment: Moment, *before: Prompt) -> Turn:
    """The report stands. On the phone the number is said twice, the second time to write down.

    When a neighbour's ticket is probably about the same, that is asked first.
    """
    from flows.steps.same import asked

    if question := asked(moment):
        return question
    report = moment.now.report
    if report.category is None:
        other = Category(code="other", confidence=0.0, top=("other",))
        report = report.model_copy(update={"category": other})
    number = moment.number
    filed = moment.with_(report=report, number=number, filed=True, step=StepName.FILED)
    prompts: tuple[Prompt, ...]
    if moment.on_phone:
        prompts = (
            Prompt(key="filed", values={"number": number}),
            Prompt(key="filed.again", values={"number": number}),
            *questions.of(filed),
        )
    else:
        values = {"number": number, **questions.summary(filed)}
        also = questions.of(filed) if moment.now.pending else ()
        prompts = (Prompt(key="filed.read", values=values), *also)
    return filed.go(
        StepName.FILED, *before, *prompts, effects=(FileTicket(number=number, report=report),)
    )
