"""Keeping what was said so far, whatever happens to the call."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.storage.tables import Ticket
from bot.storage.write import write
from bot.tickets.events import RESIDENT, add_event, add_event_at
from bot.tickets.fill import fill
from bot.tickets.follow import due, follow
from bot.tickets.house import house
from bot.tickets.number import FREE
from flows.report import Report


@dataclass(frozen=True)
class Origin:
    """Where a report comes from."""

    channel: str
    at: datetime
    """When it was said."""
    conversation_id: str | None = None
    resident_id: str | None = None
    source: str = ""


def save_draft(session: Session, number: str, report: Report, origin: Origin) -> Ticket:
    """The ticket with this number, with the report in it; a new `draft` when there is none.

    One that is filed already keeps its state: nothing turns back into a draft.
    """
    ticket = known(session, number)
    if ticket is None:
        return make_ticket(session, number, report, origin, "draft")
    if changed := fill(ticket, report, house(session).community):
        kind = "draft" if ticket.state == "draft" else "amended"
        follow(session, ticket, add_event(session, ticket, kind, RESIDENT, **changed))
    return ticket


def known(session: Session, number: str) -> Ticket | None:
    """The ticket with this number, nobody else changing it until the commit."""
    if session.info.get(FREE) == number:
        return None  # this very transaction saw that there is none
    return session.scalars(select(Ticket).where(Ticket.number == number).with_for_update()).first()


def make_ticket(
    session: Session, number: str, report: Report, origin: Origin, state: str, actor: str = ""
) -> Ticket:
    """A new `draft`, or one that is `open` from the start. actor: who made it; empty: whoever the
    report comes from."""
    now = house(session).clock()
    ticket = Ticket(
        id=secrets.token_hex(16),
        number=number,
        token=secrets.token_urlsafe(32),
        state=state,
        channel=origin.channel,
        conversation_id=origin.conversation_id,
        resident_id=origin.resident_id,
        category="other",
        urgency="normal",
        place="",
        description="",
        phone="",
        name="",
        organisation="",
        source=origin.source,
        created=origin.at,
        updated=now,
    )
    changed = fill(ticket, report, house(session).community)
    ticket.due = due(session, ticket, now)
    write(session, ticket)
    if session.info.get(FREE) == number:
        del session.info[FREE]
    kind = "draft" if state == "draft" else "filed"
    if kind == "filed" and ticket.organisation:
        changed["organisation"] = ticket.organisation
    who = actor or origin.source or RESIDENT
    event = add_event_at(session, ticket, kind, who, changed, now)
    follow(session, ticket, event, new=True)
    return ticket
