"""“对的” over a question before it was said confirms nothing: nobody can agree to what they have
not heard. What has a meaning of its own (danger, a person, a correction, no) counts at once."""

from flows.conversation import StepName, Turn
from flows.prompt import Prompt
from flows.steps import questions
from flows.steps.moment import Moment
from flows.steps.onward import file
from flows.steps.trouble import not_understood

_CLOSING = 1
"""Clauses that need not be heard: people answer before the “对吗？”."""
_ASKED = "heard_out"


def too_early(moment: Moment) -> Turn | None:
    """Ask again, shortly. Who will not listen the second time is taken at their word as far as
    nothing is called confirmed by it."""
    now = moment.now
    questioned = now.step is StepName.READBACK and not now.choices
    if now.step not in (StepName.SAME, StepName.VERDICT) and not questioned:
        return None
    if moment.answer != "yes" or moment.heard.unheard <= _CLOSING:
        return None
    if _ASKED not in now.settled:
        again = questions.of(moment)
        if questioned:
            again = tuple(p.model_copy(update={"key": "readback.short"}) for p in again)
        settled = now.settled | {_ASKED}
        return moment.stay(Prompt(key="heard_out"), *again, settled=settled)
    if questioned:
        return file(moment, Prompt(key="readback.unconfirmed"))
    return not_understood(moment)
