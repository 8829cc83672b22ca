"""Silence, sounds without words, and words that brought nothing: each time said differently, then
keys, then a person or a ticket for somebody to listen to. Never a dead end."""

from flows.channel import Channel
from flows.conversation import StepName, Turn
from flows.effects import EndConversation, FileTicket, PersonReason, PromiseCallback
from flows.prompt import Prompt
from flows.report import Report
from flows.steps import questions
from flows.steps.handover import hand_over
from flows.steps.moment import Moment

_LAST_SILENCE = 4
"""Silences in a row after which the call is ended, with a sentence; each lasts as long as the step
allows, so this is about half a minute."""


def not_understood(moment: Moment) -> Turn:
    """A turn that brought nothing: once more, then with keys and choices, then a person."""
    failures = moment.now.failures + 1
    now = moment.now
    if failures == 1:
        return moment.stay(Prompt(key="unclear"), *questions.of(moment), failures=failures)
    if failures == 2:
        return moment.stay(Prompt(key="unclear.keys"), *by_key(moment), failures=failures)
    if now.step is StepName.PERSON or now.callback:
        return moment.stay(Prompt(key="unclear.kept"), *questions.of(moment), failures=failures)
    if now.channel is Channel.PHONE and moment.heard.known.person_available:
        return hand_over(moment.saying(Prompt(key="unclear.person")), PersonReason.NOT_UNDERSTOOD)
    return _leave_for_a_volunteer(moment)


def _leave_for_a_volunteer(moment: Moment) -> Turn:
    """What was said or recorded is filed as it is, and somebody listens to it and calls back."""
    moment = moment.with_(number=moment.number)
    report = moment.now.report
    phone = report.phone or moment.heard.known.phone
    report = report.model_copy(update={"phone": phone})
    promise = PromiseCallback(
        reason=PersonReason.NOT_UNDERSTOOD, number=moment.number, report=report
    )
    said = Prompt(key="unclear.volunteer", values={"number": moment.number})
    if moment.now.filed or report.model_copy(update={"phone": None}) == Report():
        return moment.with_(report=report).go(
            StepName.PERSON, Prompt(key="unclear.callback"), effects=(promise,)
        )
    file = FileTicket(number=moment.number, report=report)
    filed = moment.with_(report=report, filed=True)
    if moment.on_phone and not phone:
        return filed.go(
            StepName.CONTACT,
            said,
            Prompt(key="contact.callback"),
            effects=(file, promise),
            callback=True,
        )
    more = (Prompt(key="filed.more"),) if moment.on_phone else ()
    return filed.go(StepName.FILED, said, *more, effects=(file, promise))


def silence(moment: Moment) -> Turn:
    """Nothing was said: shorter each time, and at last a goodbye that says what is kept."""
    silences = moment.now.silences + 1
    if silences == 1:
        return moment.stay(Prompt(key="silence"), *questions.of(moment), silences=silences)
    if silences == 2:
        return moment.stay(*by_key(moment), silences=silences)
    if silences < _LAST_SILENCE:
        return moment.stay(Prompt(key="silence.person"), silences=silences)
    if moment.now.started:
        # Somebody put the receiver down beside the telephone: calling back goes on from here.
        kept = Prompt(key="goodbye.kept", values={"number": moment.number})
        return moment.stay(kept, effects=(EndConversation(),))
    return goodbye(moment, "silence")


def by_key(moment: Moment) -> tuple[Prompt, ...]:
    """How the question can be answered by key; choices where there are some."""
    now = moment.now
    if now.channel is not Channel.PHONE:
        return (*questions.of(moment), Prompt(key="keys.read"))
    if now.step is StepName.PROBLEM and now.choices:
        return (Prompt(key="keys.choose", values=questions.choices(moment)),)
    if now.step in (StepName.OPENING, StepName.PROBLEM, StepName.PERSON, StepName.EMERGENCY):
        return (Prompt(key="keys.talk"),)
    if now.step is StepName.PLACE and now.report.place and now.choices == now.report.place.maybe:
        asked = questions.which_place(moment, now.report.place)
        if now.choices:
            return (asked.model_copy(update={"key": "keys.which_place"}),)
    if now.step is StepName.PLACE and not now.choices:
        return (Prompt(key="keys.place"),)
    if now.step is StepName.CONTACT:
        return (Prompt(key="keys.contact"),)
    if now.step is StepName.STATUS:
        return (Prompt(key="keys.status"),)
    if now.step is StepName.READBACK and now.choices:
        return (Prompt(key="keys.which"),)
    if now.step is StepName.FILED:
        return (Prompt(key="keys.filed"),)
    if now.step is StepName.VERDICT:
        return (Prompt(key="keys.verdict"),)
    return (Prompt(key="keys.yes_no"),)


def goodbye(moment: Moment, why: str = "") -> Turn:
    """End with a sentence that says what is kept; a report that was begun stays a draft.

    A caller who has nothing more to say is asked about what others say is solved, once.
    """
    now = moment.now
    solved = [t for t in moment.heard.known.tickets if t.state == "resolved"]
    if moment.on_phone and not why and solved and not now.started and not now.asked:
        ticket = solved[0]
        values: dict[str, str | int] = {"place": ticket.place, "category": ticket.category}
        before = Prompt(key="verdict.before", values=values)
        return moment.go(
            StepName.VERDICT, before, Prompt(key="verdict"), about=ticket.number, asked=True
        )
    ask = moment.heard.known.ask_consent and not now.consent and not now.called
    if moment.on_phone and not why and now.filed and ask:
        return moment.go(StepName.CONSENT, Prompt(key="consent"), consent=True)
    if now.filed and now.number:
        said = Prompt(key="goodbye.filed", values={"number": now.number})
    elif now.started:
        said = Prompt(key="goodbye.kept", values={"number": moment.number})
    else:
        said = Prompt(key="goodbye.silence" if why else "goodbye")
    return moment.go(StepName.ENDED, said, effects=(EndConversation(),))
