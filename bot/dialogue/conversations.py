"""Which conversation an input belongs to."""

import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.dialogue.answer import Inbound
from bot.storage.tables import ConversationRow, Resident
from flows.channel import Channel
from flows.conversation import Conversation, StepName
from flows.effects import Pace
from flows.heard import HeardKind
from flows.step import begin

RESUMED_WITHIN = timedelta(days=1)
"""An unfinished conversation is gone on with this long."""

LIVE = timedelta(minutes=3)
"""A call without an input for this long is over, whatever became of its end: silence is an input,
too, every few seconds."""


class CallOver(Exception):
    """The call a volunteer wanted to help with has ended; its ticket can still be corrected."""


def is_live(row: ConversationRow, now: datetime) -> bool:
    """Whether a call is on it right now."""
    return row.live and row.updated > now - LIVE


def conversation_of(
    session: Session, inbound: Inbound, resident: Resident | None, now: datetime, *, met: bool
) -> ConversationRow:
    """The named conversation; else the resident's newest open one; else a new one, which is not
    written yet (`turns` is 0). met: the resident has been here before.

    A phone that rings while the same number is on a live call begins its own conversation. A name
    that belongs to somebody else, or to nobody yet, begins one, too.
    """
    if inbound.conversation:
        row = session.get(ConversationRow, inbound.conversation, with_for_update=True)
        if row is None:
            return _begin(inbound, resident, now, inbound.conversation)
        if row.resident_id == (resident.id if resident else None):
            return row
    elif resident is not None and met and (found := _open_one(session, inbound, resident, now)):
        return found
    return _begin(inbound, resident, now, secrets.token_hex(16))


def _open_one(
    session: Session, inbound: Inbound, resident: Resident, now: datetime
) -> ConversationRow | None:
    query = (
        select(ConversationRow)
        .where(
            ConversationRow.resident_id == resident.id,
            ConversationRow.channel == inbound.channel.value,
            ConversationRow.open,
            ConversationRow.updated > now - RESUMED_WITHIN,
        )
        .order_by(ConversationRow.updated.desc())
        .with_for_update()
    )
    if inbound.channel is Channel.PHONE and inbound.kind is HeardKind.OPENED:
        query = query.where(~ConversationRow.live | (ConversationRow.updated <= now - LIVE))
    return session.scalars(query.limit(1)).first()


def _begin(
    inbound: Inbound, resident: Resident | None, now: datetime, name: str
) -> ConversationRow:
    """Raises ValueError for a name that is no identifier."""
    if not re.fullmatch(r"[0-9A-Za-z_-]{1,32}", name):
        raise ValueError(f"conversation {name[:40]!r} is no identifier of up to 32 characters")
    pace = Pace(resident.pace) if resident else Pace.NORMAL
    return ConversationRow(
        id=name,
        resident_id=resident.id if resident else None,
        channel=inbound.channel.value,
        state=begin(name, inbound.channel, pace).model_dump(mode="json"),
        turns=0,
        open=True,
        live=False,
        created=now,
        updated=now,
    )


def move_on(
    row: ConversationRow, conversation: Conversation, kind: HeardKind, *, done: bool, now: datetime
) -> None:
    """Keep the conversation as the turn left it."""
    row.state = conversation.model_dump(mode="json")
    row.turns += 1
    row.updated = now
    row.live = row.channel == Channel.PHONE and kind is not HeardKind.ENDED and not done
    over = done or kind is HeardKind.ENDED
    # After the call only what was cut off is worth going on with.
    cut_off = conversation.started and conversation.step is not StepName.ENDED
    row.open = cut_off if over else True
