"""The community's own test set: what residents said, what was heard, what a person says it was.

Nothing is stored for it: recordings, turns and corrections are kept encrypted anyway, and whoever
withdraws their consent, or is erased, is out of it at once.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.storage.recordings import RecordingMissing, Recordings
from bot.storage.tables import ConversationRow, Resident, Ticket, TicketEvent, TurnRow
from voice.sound import AudioError, Sound


@dataclass(frozen=True)
class Misheard:
    recording: str
    start: float
    """Seconds of the recording at which it begins."""
    end: float
    """0: the whole recording is this."""
    heard: str
    said: str

    def sound(self, recordings: Recordings) -> Sound | None:
        """None when the recording is gone, or lies on another machine."""
        try:
            whole = recordings.sound(self.recording)
        except (RecordingMissing, AudioError):
            return None
        if not self.end:
            return whole
        first, last = (int(at * whole.rate) * 2 for at in (self.start, self.end))
        return Sound(whole.pcm[first:last], whole.rate)


def misheard(session: Session) -> Iterator[Misheard]:
    """What was spoken by residents who agreed and corrected by a person, oldest first: during the
    call, or the words of the ticket where they were one utterance."""
    query = select(ConversationRow.id).join(
        Resident, (Resident.id == ConversationRow.resident_id) & Resident.may_learn
    )
    for conversation in session.scalars(query.order_by(ConversationRow.created)).all():
        spoken = list(_spoken(session, conversation))
        uses = Counter(each.recording for each in spoken)
        corrected = dict(_corrected(session, conversation))
        for each in spoken:
            said = corrected.get(each.said or each.heard, each.said)
            # Of older calls it is not known where in them an utterance lies.
            if said and (each.end or uses[each.recording] == 1):
                yield replace(each, said=said)


def _spoken(session: Session, conversation: str) -> Iterator[Misheard]:
    """Every utterance, with what a volunteer put in its place meanwhile, if anything."""
    query = select(TurnRow.heard).where(TurnRow.conversation_id == conversation)
    last, ends = None, dict[str, float]()
    for turn in session.scalars(query.order_by(TurnRow.seq)):
        heard: dict[str, Any] = turn["inputs"][0]
        recording, end = heard.get("recording") or "", float(heard.get("until") or 0)
        fix = heard.get("fix") or {}
        if last and fix.get("slot") == "words":
            last = replace(last, said=heard["text"])
        elif recording:
            if last:
                yield last
            start = ends.get(recording, 0.0)
            spoken = heard["kind"] in ("speech", "unclear")
            text = heard["text"] if heard["kind"] == "speech" else ""
            last = Misheard(recording, start, end, text, "") if spoken else None
            ends[recording] = max(start, end)
    if last:
        yield last


def _corrected(session: Session, conversation: str) -> Iterator[tuple[str, str]]:
    """The words of its tickets before and after each correction at the desk."""
    query = (
        select(TicketEvent.data)
        .join(Ticket, Ticket.id == TicketEvent.ticket_id)
        .where(Ticket.conversation_id == conversation, TicketEvent.kind == "corrected")
    )
    for data in session.scalars(query.order_by(TicketEvent.id)):
        words = data.get("description")
        if isinstance(words, list):
            yield words[0], words[1]
