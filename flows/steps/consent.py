"""“修好了，我打电话问您一声，行吗？” Asked once in a resident's life, before the goodbye."""

from flows.conversation import Turn
from flows.prompt import Prompt
from flows.steps.called import consented
from flows.steps.moment import Moment
from flows.steps.trouble import goodbye, not_understood
from flows.understanding.understanding import Intent


def take(moment: Moment) -> Turn:
    if moment.answer == "yes" and not moment.understood.weak:
        return _said(moment, "consent.yes", agreed=True)
    if moment.answer == "no" or moment.wants(Intent.STOP):
        return _said(moment, "consent.no", agreed=False)
    if moment.wants(Intent.REPORT) and moment.understood.category:
        from flows.steps import filed

        return filed.take(moment)
    if moment.understood.weak or moment.understood.unknowing or moment.now.failures:
        # No clear yes is none; they are asked again another time.
        return goodbye(moment)
    return not_understood(moment)


def _said(moment: Moment, key: str, *, agreed: bool) -> Turn:
    proof = consented(moment.with_(about=""), agreed=agreed)
    turn = goodbye(moment.saying(Prompt(key=key)))
    return turn.model_copy(update={"effects": (proof, *turn.effects)})
