"""One turn of a conversation, in one commit."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from bot.dialogue.answer import Answer, Inbound
from bot.dialogue.apply import apply
from bot.dialogue.conversations import CallOver, conversation_of, is_live, move_on
from bot.dialogue.known import found_ticket, known_of
from bot.dialogue.reply import ends, reply
from bot.dialogue.working_hours import check_hours, is_open
from bot.metrics import tickets_total, turns_total
from bot.notices.profile import read_notices
from bot.outlets.profile import read_outlets
from bot.residents.consent import never_asked
from bot.residents.find import find_resident, make_resident
from bot.residents.pauses import remember_pauses
from bot.settings import Settings
from bot.sources.profile import read_sources
from bot.storage.database import Database
from bot.storage.serialise import serialise
from bot.storage.tables import ConversationRow, Recording, Resident, TurnRow
from bot.storage.write import write
from bot.tickets.draft import Origin
from bot.tickets.house import House
from bot.tickets.number import free_number
from bot.tickets.similar import similar
from flows.channel import Channel
from flows.community import Community
from flows.conversation import Conversation, Turn
from flows.effects import FileTicket, FindTicket, JoinTicket
from flows.heard import Heard, HeardKind, Standing
from flows.step import step
from flows.steps.fixed import answered
from locales.wording import Wording

log = logging.getLogger(__name__)

_TRIES = 4
_STORED = select(TurnRow.answer).where(TurnRow.key == bindparam("key"))
_LONGEST_KEY = 200


def _now() -> datetime:
    return datetime.now(UTC)


class Dialogue:
    """Takes turns. Thread-safe and blocking: call it through `asyncio.to_thread`."""

    def __init__(
        self,
        database: Database,
        community: Community,
        wording: Wording,
        settings: Settings,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        """Makes the database's sessions ready for the verbs of `bot.tickets`, too.

        Raises `Failure` when the profile's working hours cannot be read, `ProfileError` when its
        notices or outlets cannot.
        """
        check_hours(community.profile.working_hours)
        self._database = database
        self._community = community
        self._extension = bool(settings.human_extension)
        self._clock = clock
        self._zone = ZoneInfo(community.profile.timezone)
        self._calls = read_notices(community.profile, settings.community).calls is not None
        outlets = read_outlets(community.profile, settings.community)
        sources = read_sources(community.profile, settings.community)
        database.info["house"] = House(
            community, wording, settings.base_url, clock, outlets, sources, bool(settings.llm_url)
        )

    def take(self, inbound: Inbound) -> Answer:
        """Take one input and give the answer; all of it is committed when this returns.

        The same key again gives the same answer, with `repeated` set, and does nothing. Raises
        `StorageFull`, `CallOver` (for a `FIXED` that comes too late) and what the database raises
        when it cannot be reached; then nothing happened.
        """
        for attempt in range(1, _TRIES + 1):
            try:
                with self._database.begin() as session:
                    answer, filed = self._take(session, inbound)
                break
            except DBAPIError as error:
                # Somebody else took the key, the ticket number or the resident first, or two
                # transactions waited for one another: from the start, on what stands now.
                if attempt == _TRIES or not _is_collision(error):
                    raise
        if not answer.repeated:
            turns_total.labels(inbound.channel.value).inc()
            tickets_total.labels(inbound.channel.value).inc(filed)
        return answer

    def latest(self, channel: Channel, address: str) -> Answer | None:
        """The last answer this resident got, whether its conversation is over or not."""
        with self._database.read() as session:
            resident = find_resident(session, self._database.box, channel, address)
            if resident is None:
                return None
            query = (
                select(TurnRow)
                .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
                .where(ConversationRow.resident_id == resident.id)
                .order_by(TurnRow.id.desc())
                .limit(1)
            )
            row = session.scalars(query).first()
            return Answer.model_validate(row.answer) if row else None

    def helped(self, conversation: str) -> bool:
        """Whether a volunteer has settled what was asked last in it."""
        with self._database.read() as session:
            row = session.get(ConversationRow, conversation)
            return row is not None and answered(Conversation.model_validate(row.state))

    def _take(self, session: Session, inbound: Inbound) -> tuple[Answer, int]:
        """The answer, and how many tickets were filed."""
        box, now = self._database.box, self._clock()
        key = inbound.key if len(inbound.key) <= _LONGEST_KEY else box.digest(inbound.key)
        serialise(session, inbound.address or inbound.conversation or key)
        if (stored := session.scalar(_STORED, {"key": key})) is not None:
            answer = Answer.model_validate(stored)
            return answer.model_copy(update={"repeated": True}), 0
        resident, met = None, False
        if inbound.address:
            resident = find_resident(session, box, inbound.channel, inbound.address)
            met = resident is not None
            resident = resident or make_resident(
                session, box, inbound.channel, inbound.address, now
            )
            resident.seen = now
        row = conversation_of(session, inbound, resident, now, met=met)
        if inbound.kind is HeardKind.FIXED and not is_live(row, now):
            raise CallOver(inbound.conversation)
        before, first = Conversation.model_validate(row.state), not row.turns
        heard = self._heard(session, inbound, resident, now, met=met)
        inputs, turns = self._steps(session, before, heard, resident)
        effects = tuple(effect for turn in turns for effect in turn.effects)
        after = turns[-1].conversation
        move_on(row, after, inbound.kind, done=ends(effects), now=now)
        if first:
            write(session, row)
        origin = Origin(inbound.channel.value, heard.at, row.id, row.resident_id)
        apply(session, effects, origin, resident)
        if resident is not None:
            remember_pauses(resident, before.step, inbound.pauses)
        answer = reply(session, after, turns[-1].say, effects, resident, heard)
        write(
            session,
            TurnRow(
                conversation_id=row.id,
                seq=row.turns - 1,
                key=key,
                heard={"inputs": inputs, **({"begun": before} if first else {})},
                turn={"turns": turns},
                answer=answer.model_dump(mode="json"),
                at=heard.at,
            ),
        )
        _keep_recording(session, inbound, row.id)
        return answer, sum(isinstance(e, FileTicket | JoinTicket) for e in effects)

    def _heard(
        self,
        session: Session,
        inbound: Inbound,
        resident: Resident | None,
        now: datetime,
        *,
        met: bool,
    ) -> Heard:
        at = (inbound.at or now).astimezone(self._zone)
        hours = self._community.profile.working_hours
        opened = is_open(hours, now.astimezone(self._zone))
        return Heard(
            kind=inbound.kind,
            text=_clean(inbound.text),
            alternatives=tuple(map(_clean, inbound.alternatives)),
            prompted=inbound.prompted,
            confidence=inbound.confidence,
            snr=inbound.snr,
            strange=inbound.strange,
            key=inbound.pressed,
            unheard=inbound.unheard,
            at=at,
            recording=inbound.recording,
            until=inbound.heard_until,
            number=free_number(session),
            fix=inbound.fix,
            news=inbound.news,
            known=known_of(session, resident, self._extension and opened, met=met).model_copy(
                update={
                    "extension": self._extension,
                    "closed": not opened,
                    "ask_consent": self._calls and never_asked(resident),
                }
            ),
        )

    def _steps(
        self, session: Session, conversation: Conversation, heard: Heard, resident: Resident | None
    ) -> tuple[list[Heard], list[Turn]]:
        """The step, and the one that follows at once when a ticket had to be looked up."""
        turn = step(conversation, heard, self._community)
        filed = next((e for e in turn.effects if isinstance(e, FileTicket)), None)
        who = resident.id if resident else None
        if filed and (same := similar(session, filed.report, heard.at, filed.number, who)):
            # Once more, knowing of it: the conversation may want to ask before it files.
            standing = Standing(number=same.number, category=same.category)
            known = heard.known.model_copy(update={"same": standing})
            heard = heard.model_copy(update={"known": known})
            turn = step(conversation, heard, self._community)
        wanted = next((e for e in turn.effects if isinstance(e, FindTicket)), None)
        if wanted is None:
            return [heard], [turn]
        tickets = found_ticket(session, wanted.number, resident)
        known = heard.known.model_copy(update={"tickets": tickets})
        found = Heard(kind=HeardKind.FOUND, at=heard.at, number=heard.number, known=known)
        return [heard, found], [turn, step(turn.conversation, found, self._community)]


def _keep_recording(session: Session, inbound: Inbound, conversation_id: str) -> None:
    """How far this turn listened: only what lies behind is heard again after a crash."""
    row = session.get(Recording, inbound.recording) if inbound.recording else None
    if row is not None:
        row.conversation_id = row.conversation_id or conversation_id
        row.heard_until = max(row.heard_until, inbound.heard_until)


def _clean(text: str) -> str:
    """Without what no database or JSON takes: NUL and halves of characters."""
    return text.replace("\x00", "").encode(errors="replace").decode()


def _is_collision(error: DBAPIError) -> bool:
    # 40001 serialization_failure, 40P01 deadlock_detected (PostgreSQL).
    state = getattr(error.orig, "sqlstate", "")
    return isinstance(error, IntegrityError) or state in ("40001", "40P01")
