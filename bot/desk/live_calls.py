"""The calls that run right now, as a volunteer who listens in sees them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.desk.sight import sees, sees_ticket
from bot.desk.signed import Member
from bot.desk.transcript import heard_text
from bot.dialogue.conversations import LIVE
from bot.storage.tables import ConversationRow, Resident, Ticket, TurnRow
from bot.tickets.find import find_by_number
from bot.tickets.house import house
from flows.channel import Channel
from flows.conversation import Conversation
from flows.heard import HeardKind
from flows.profile import Profile
from flows.report import Report

_LOOKED_AT = 12
"""Turns back in which the last words are looked for."""
_SPOKEN = (HeardKind.SPEECH, HeardKind.UNCLEAR)


@dataclass(frozen=True)
class LiveCall:
    id: str
    """Of its conversation."""
    address: str
    """The calling number; empty when withheld."""
    minutes: int
    step: str
    calling: bool
    """A person is being called for it."""
    heard: str
    """What was recognised last; empty when nothing was yet, or no word was understood."""
    said: str
    """What we answered last."""
    report: Report
    number: str
    """Of its draft or ticket, once there is one."""
    recording: str
    start: float
    """Seconds of the recording at which the last words begin."""
    version: int
    """Changes with every turn."""

    @property
    def suggested(self) -> tuple[str, ...]:
        """Categories that may be meant, likeliest first, without the one that is set."""
        category = self.report.category
        return tuple(c for c in category.top if c != category.code) if category else ()


def may_listen(member: Member, profile: Profile) -> bool:
    """Whoever may see telephone numbers; a call is nothing else."""
    return sees(member, "phone", profile)


def live_calls(session: Session, member: Member) -> list[LiveCall]:
    """Those that wait for a person first, then the longest; of an organisation only its own."""
    now = house(session).clock()
    query = (
        select(ConversationRow)
        .where(
            ConversationRow.live,
            ConversationRow.channel == Channel.PHONE.value,
            ConversationRow.updated > now - LIVE,
        )
        .order_by(ConversationRow.created)
    )
    calls = [_call(session, row, now) for row in session.scalars(query)]
    seen = [call for call in calls if _theirs(session, member, call)]
    return sorted(seen, key=lambda call: not call.calling)


def live_call(session: Session, member: Member, id: str) -> LiveCall | None:
    """One of them; None when it is over, or not theirs to hear."""
    row = session.get(ConversationRow, id)
    now = house(session).clock()
    if row is None or not row.live or row.channel != Channel.PHONE or row.updated <= now - LIVE:
        return None
    call = _call(session, row, now)
    return call if _theirs(session, member, call) else None


def _theirs(session: Session, member: Member, call: LiveCall) -> bool:
    ticket = find_by_number(session, call.number) if call.number else None
    return not member.organisation or (ticket is not None and sees_ticket(member, ticket))


def _since(session: Session, row: ConversationRow) -> datetime:
    """When the call was answered: the conversation may be one of yesterday, gone on with."""
    query = select(TurnRow.at, TurnRow.heard).where(TurnRow.conversation_id == row.id)
    for at, heard in session.execute(query.order_by(TurnRow.seq.desc())):
        if heard["inputs"][0]["kind"] == HeardKind.OPENED:
            began: datetime = at
            return began
    return row.created


def _call(session: Session, row: ConversationRow, now: datetime) -> LiveCall:
    state = Conversation.model_validate(row.state)
    resident = session.get(Resident, row.resident_id) if row.resident_id else None
    query = select(TurnRow).where(TurnRow.conversation_id == row.id).order_by(TurnRow.seq.desc())
    turns = list(session.scalars(query.limit(_LOOKED_AT)))
    inputs = [turn.heard["inputs"][0] for turn in turns]
    at = next((i for i, heard in enumerate(inputs) if heard["kind"] in _SPOKEN), None)
    last = inputs[at] if at is not None else {}
    before = inputs[at + 1 :] if at is not None else []
    answers = (str(turn.answer.get("text", "")) for turn in turns)
    filed = session.scalars(select(Ticket.number).where(Ticket.number == state.number)).first()
    return LiveCall(
        id=row.id,
        address=resident.address if resident else "",
        minutes=int((now - _since(session, row)).total_seconds() // 60),
        step=state.step.value,
        calling=state.calling,
        heard=heard_text(last) if last.get("kind") == HeardKind.SPEECH else "",
        said=next((text for text in answers if text), ""),
        report=state.report,
        number=filed or "",
        recording=last.get("recording") or "",
        start=max((float(heard.get("until", 0)) for heard in before), default=0.0),
        version=row.turns,
    )
