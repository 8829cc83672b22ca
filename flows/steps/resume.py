"""“上次没说完，接着说吗？” Yes goes on at the first missing slot; no leaves the draft as it is."""

from flows.conversation import StepName, Turn
from flows.prompt import Prompt
from flows.steps import opening, problem
from flows.steps.absorb import absorb
from flows.steps.moment import Moment
from flows.steps.onward import onward
from flows.steps.trouble import not_understood
from flows.understanding.understanding import Intent


def take(moment: Moment) -> Turn:
    understood = moment.understood
    if moment.answer == "yes":
        return onward(absorb(moment).saying(Prompt(key="resume.yes")))
    new, old = understood.category, moment.now.report.category
    if moment.answer == "no" or moment.wants(Intent.STOP):  # of the old matter
        fresh = opening.start_over(moment).saying(Prompt(key="resume.no"))
        if new:
            return problem.take(fresh)
        return fresh.go(StepName.PROBLEM, Prompt(key="problem"))
    if moment.has_words and (new or understood.place):
        if new and old and new.code != old.code and new.sure:
            return problem.take(opening.start_over(moment))
        return onward(absorb(moment))
    return not_understood(moment)
