"""To a person: at once when somebody is there, else an honest promise to call back."""

from flows.conversation import StepName, Turn
from flows.effects import CallPerson, PersonReason, PromiseCallback
from flows.heard import HeardKind
from flows.prompt import Prompt
from flows.steps.absorb import SURE_PLACE
from flows.steps.moment import Moment


def hand_over(moment: Moment, reason: PersonReason) -> Turn:
    """Connect the caller, or promise the call-back; the draft or ticket carries the summary."""
    moment = _contact(moment).with_(number=moment.number)
    report = moment.now.report
    step = StepName.EMERGENCY if reason is PersonReason.EMERGENCY else StepName.PERSON
    if moment.on_phone and _someone(moment, reason):
        call = CallPerson(reason=reason, number=moment.number, report=report)
        key = "emergency.connecting" if step is StepName.EMERGENCY else "person.connecting"
        return moment.go(step, Prompt(key=key), effects=(call,), calling=True)
    return promise(moment, reason, step)


def _someone(moment: Moment, reason: PersonReason) -> bool:
    """Danger to life does not ask what hour it is: whoever is near that telephone may answer."""
    known = moment.heard.known
    in_danger = reason is PersonReason.EMERGENCY and known.extension
    return (known.person_available or in_danger) and moment.heard.kind is not HeardKind.NO_PERSON


def promise(moment: Moment, reason: PersonReason, step: StepName) -> Turn:
    """Nobody can take it now: say so, and ask for a number when none is known."""
    moment = _contact(moment).with_(number=moment.number, calling=False)
    report = moment.now.report
    effect = PromiseCallback(reason=reason, number=moment.number, report=report)
    emergency = step is StepName.EMERGENCY
    if not moment.on_phone:
        key = "emergency.told" if emergency else "person.promised.read"
        return moment.go(step, Prompt(key=key), effects=(effect,))
    if emergency:
        more = "emergency.more" if located(moment) else "emergency.where"
        told = Prompt(key="emergency.told")
        return moment.go(step, told, Prompt(key=more), effects=(effect,))
    closed = moment.heard.known.closed and moment.heard.kind is not HeardKind.NO_PERSON
    if not report.phone:
        return moment.go(
            StepName.CONTACT,
            Prompt(key="person.closed" if closed else "person.nobody"),
            Prompt(key="contact.callback"),
            effects=(effect,),
            callback=True,
        )
    key = "person.promised.closed" if closed else "person.promised"
    said = Prompt(key=key, values={"phone": report.phone})
    return moment.go(step, said, Prompt(key="person"), effects=(effect,), callback=False)


def located(moment: Moment) -> bool:
    """Whether helpers would find the place: “厨房” alone is none."""
    place = moment.now.report.place
    return place is not None and place.confidence >= SURE_PLACE


def _contact(moment: Moment) -> Moment:
    phone = moment.heard.known.phone
    if moment.now.report.phone or not phone or moment.now.filed:
        return moment
    return moment.with_(report=moment.now.report.model_copy(update={"phone": phone}))
