"""The greeting and the open question. No menu (GB/T 33358-2016 advises against one)."""

from flows.conversation import StepName, Turn
from flows.heard import HeardKind
from flows.prompt import Prompt
from flows.report import Report
from flows.steps import problem, questions
from flows.steps.moment import Moment
from flows.understanding.understanding import Intent


def opened(moment: Moment) -> Turn:
    """A call was answered or a chat entered."""
    if moment.now.started:
        asked = moment.with_(step=StepName.RESUME, choices=())
        greeting = Prompt(key="greeting.again")
        return asked.go(StepName.RESUME, greeting, *questions.of(asked))
    fresh = start_over(moment)
    return fresh.go(StepName.OPENING, Prompt(key="greeting"))


def start_over(moment: Moment) -> Moment:
    """An empty conversation of the same resident; a draft left behind stays at the desk."""
    return moment.with_(
        step=StepName.OPENING,
        report=Report(),
        number="",
        filed=False,
        failures=0,
        silences=0,
        about="",
        choices=(),
        digits="",
        settled=frozenset(),
        doubt="",
        pending="",
        callback=False,
        calling=False,
        asked=False,
    )


def take(moment: Moment) -> Turn:
    """The first words: usually the whole report."""
    if moment.heard.kind is HeardKind.KEY or moment.wants(Intent.YES, Intent.NO):
        # Somebody answers a question we did not ask: “好”, “对”. Ask the open one.
        return moment.go(StepName.PROBLEM, Prompt(key="problem"))
    return problem.take(moment)
