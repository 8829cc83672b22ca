"""`begin` a conversation, and `step` it one turn further."""

from collections.abc import Callable

from flows.channel import Channel
from flows.community import Community
from flows.conversation import Conversation, StepName, Turn
from flows.effects import (
    AmendTicket,
    CallPerson,
    Effect,
    FileTicket,
    JoinTicket,
    Pace,
    PromiseCallback,
    SaveDraft,
)
from flows.heard import Heard, HeardKind
from flows.steps import (
    called,
    consent,
    contact,
    doubtful,
    emergency,
    ended,
    filed,
    fixed,
    opening,
    person,
    place,
    problem,
    readback,
    resume,
    same,
    status,
    trouble,
    urgency,
    verdict,
)
from flows.steps.absorb import absorb
from flows.steps.correcting import correct
from flows.steps.moment import Moment
from flows.steps.onward import onward
from flows.steps.too_early import too_early
from flows.steps.universal import universal
from flows.understanding.emergency import Danger
from flows.understanding.understanding import Intent

_TAKE: dict[StepName, Callable[[Moment], Turn]] = {
    StepName.OPENING: opening.take,
    StepName.RESUME: resume.take,
    StepName.PROBLEM: problem.take,
    StepName.PLACE: place.take,
    StepName.URGENCY: urgency.take,
    StepName.CONTACT: contact.take,
    StepName.READBACK: readback.take,
    StepName.SAME: same.take,
    StepName.FILED: filed.take,
    StepName.STATUS: status.take,
    StepName.VERDICT: verdict.take,
    StepName.CONSENT: consent.take,
    StepName.EMERGENCY: emergency.take,
    StepName.PERSON: person.take,
    StepName.ENDED: opening.take,
}


def begin(id: str, channel: Channel, pace: Pace = Pace.NORMAL) -> Conversation:
    """A new conversation, before anything was heard."""
    return Conversation(id=id, channel=channel, pace=pace)


def step(conversation: Conversation, heard: Heard, community: Community) -> Turn:
    """Take one input: the conversation after it, what to say, and what to do. Never raises on any
    input; the same arguments always give the same turn.

    `heard.number` must hold a free ticket number, in case this turn opens a ticket.
    """
    moment = Moment(now=conversation, heard=heard, community=community)
    if conversation.step is StepName.ENDED and heard.kind is not HeardKind.ENDED:
        moment = opening.start_over(moment)
    return _with_effects(moment.now, _route(doubtful.after(moment)), heard)


def _route(moment: Moment) -> Turn:
    kind, understood = moment.heard.kind, moment.understood
    if kind is HeardKind.ENDED:
        return ended.hung_up(moment)
    if kind is HeardKind.OPENED:
        return opening.opened(moment)
    if kind is HeardKind.CALLED:
        return called.opened(moment)
    if kind is HeardKind.FOUND:
        return status.found(moment)
    if kind is HeardKind.NO_PERSON:
        return person.nobody(moment)
    if kind is HeardKind.CONNECTED:
        return person.connected(moment)
    if kind is HeardKind.FIXED:
        return fixed.take(moment)
    if understood.danger is Danger.PRESENT:
        return emergency.alarm(moment, understood.danger_kind)
    everywhere = doubtful.unsure(moment) or verdict.unasked(moment) or universal(moment)
    if everywhere:
        return everywhere
    if moment.now.fixed and (further := fixed.go_on(moment)):
        return further
    if kind is HeardKind.GO_ON:
        return fixed.wait_no_more(moment)
    if kind is HeardKind.SILENCE and not moment.now.digits:
        return trouble.silence(moment)
    if kind is HeardKind.UNCLEAR:
        return trouble.not_understood(absorb(moment))
    if moment.now.step is not StepName.VERDICT and moment.wants(Intent.STATUS):
        return status.asked(moment)
    if kind in (HeardKind.SCENE, HeardKind.LOCATION) and not moment.now.filed:
        return onward(absorb(moment, place_asked=True))
    at_same = moment.now.step is StepName.SAME
    if understood.corrections and (moment.now.started or moment.now.filed) and not at_same:
        return correct(moment)
    if early := too_early(moment):
        return early
    return _TAKE[moment.now.step](moment)


def _with_effects(before: Conversation, turn: Turn, heard: Heard) -> Turn:
    """What follows from any turn: the draft kept, a filed ticket amended, the words remembered."""
    now = turn.conversation
    effects: list[Effect] = list(turn.effects)
    filing = any(isinstance(effect, FileTicket | JoinTicket) for effect in effects)
    calling = any(isinstance(effect, CallPerson | PromiseCallback) for effect in effects)
    by_hand = heard.kind is HeardKind.FIXED
    if (now.started or (calling and not now.filed)) and not filing and not by_hand:
        now = now.model_copy(update={"number": now.number or heard.number})
        effects.insert(0, SaveDraft(number=now.number, report=now.report))
    same = before.number == now.number and not filing and not by_hand
    if now.filed and same and now.report != before.report:
        effects.insert(0, AmendTicket(number=now.number, report=now.report))
    last = {"said": turn.say or now.said, "fixed": now.fixed if by_hand else frozenset()}
    return Turn(conversation=now.model_copy(update=last), say=turn.say, effects=tuple(effects))
