"""A number to call back, asked only when none is known."""

from flows.conversation import StepName, Turn
from flows.effects import PersonReason
from flows.heard import HeardKind
from flows.prompt import Prompt
from flows.steps import handover
from flows.steps.absorb import absorb
from flows.steps.digits import collect
from flows.steps.moment import Moment
from flows.steps.onward import onward
from flows.steps.trouble import goodbye, not_understood
from flows.understanding.understanding import Intent

_LENGTH = 11
_SHORTEST = 7


def take(moment: Moment) -> Turn:
    phone = moment.understood.phone
    if moment.heard.kind is HeardKind.KEY or (moment.now.digits and not moment.has_words):
        done = collect(moment, _LENGTH)
        if isinstance(done, Turn):
            return done
        if len(done) < _SHORTEST:
            return moment.stay(
                Prompt(key="contact.short"), digits="", failures=moment.now.failures + 1
            )
        phone = done
    if phone:
        return _go_on(
            _with_phone(moment, phone), Prompt(key="contact.thanks", values={"phone": phone})
        )
    if moment.understood.unknowing or moment.wants(Intent.NO):
        return _go_on(moment, Prompt(key="contact.none"))
    if moment.now.failures:
        # A number that cannot be heard must not hold up the report.
        return _go_on(absorb(moment), Prompt(key="contact.none"))
    return not_understood(absorb(moment))


def _with_phone(moment: Moment, phone: str) -> Moment:
    report = moment.now.report
    changed = report.model_copy(update={"phone": phone, "confirmed": report.confirmed | {"phone"}})
    return moment.with_(report=changed)


def _go_on(moment: Moment, said: Prompt) -> Turn:
    settled = moment.with_(settled=moment.now.settled | {"phone"})
    if moment.now.callback:
        if not moment.now.report.phone:
            return goodbye(settled.saying(said).with_(callback=False))
        return handover.promise(settled, PersonReason.ASKED, StepName.PERSON)
    if moment.now.filed:
        return settled.go(StepName.FILED, said, Prompt(key="amended"), Prompt(key="filed.more"))
    return onward(settled.saying(said))
