"""Telling a resident what became of their ticket: noted here, told by `bot.notices`."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from bot.followup.outbox import enqueue
from bot.storage.tables import Notice, Resident, Ticket
from bot.tickets.house import house
from flows.channel import Channel

NOTICE = "notice"
"""The outbox's kind."""
MUST = frozenset({"resolved", "asked_again", "dismissed"})
"""What a person tells at the door when nothing else reached them: there is an answer to give, or
something they may want to object to."""
_MAY = frozenset({"assigned", "in_progress", "closed", "reopened", "closed_unheard"})
"""Good to know; told in WeChat only, for it costs nobody a call."""
GATHER = timedelta(minutes=1)
"""How long what is only good to know waits for more to come: one message instead of five."""


def notice(session: Session, ticket: Ticket, about: str, note: str = "") -> None:
    """Queue it, in the commit of what happened. `about`: the new state, `asked_again`,
    `closed_unheard`; others are not told."""
    resident = session.get(Resident, ticket.resident_id) if ticket.resident_id else None
    chats = resident is not None and resident.channel == Channel.WECHAT
    if about not in MUST and not (about in _MAY and chats):
        return
    if not can_be_told(session, ticket) or not wants_to_hear(session, ticket):
        return
    who = ticket.resident_id or ticket.id
    now = house(session).clock()
    row = Notice(who=who, ticket_id=ticket.id, about=about, note=note, created=now)
    session.add(row)
    session.flush()
    due = datetime.now(UTC) + (timedelta(0) if about in MUST else GATHER)
    enqueue(session, f"notice:{row.id}", NOTICE, {"who": who}, due)


def wants_to_hear(session: Session, ticket: Ticket) -> bool:
    """Unless they said that they want to hear nothing of it."""
    resident = session.get(Resident, ticket.resident_id) if ticket.resident_id else None
    return resident is None or resident.told_by != "none"


def can_be_told(session: Session, ticket: Ticket) -> bool:
    """Whether there is anybody to tell: other systems read the state themselves, and whoever tries
    the demo sees the page."""
    resident = session.get(Resident, ticket.resident_id) if ticket.resident_id else None
    if resident is not None:
        return not resident.address.startswith("try:")
    return bool(ticket.phone) and not ticket.source
