"""Keeping what was said so far, whatever happens to the call."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.storage.tables import Ticket, TicketEvent
from bot.tickets.events import RESIDENT, add_event
from bot.tickets.fill import fill
from bot.tickets.follow import follow
from bot.tickets.house import house
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
    ticket, event = keep(session, number, report, origin)
    if event is not None:
        follow(session, ticket, event)
    return ticket


def keep(
    session: Session, number: str, report: Report, origin: Origin
) -> tuple[Ticket, TicketEvent | None]:
    """The same without what follows from it. The event: None when nothing is new."""
    ticket = session.scalars(
        select(Ticket).where(Ticket.number == number).with_for_update()
    ).first()
    if ticket is None:
        return make_draft(session, number, report, origin, origin.source or RESIDENT)
    if changed := fill(ticket, report, house(session).community):
        kind = "draft" if ticket.state == "draft" else "amended"
        return ticket, add_event(session, ticket, kind, RESIDENT, **changed)
    return ticket, None


def make_draft(
    session: Session, number: str, report: Report, origin: Origin, actor: str
) -> tuple[Ticket, TicketEvent]:
    ticket = Ticket(
        id=secrets.token_hex(16),
        number=number,
        token=secrets.token_urlsafe(32),
        state="draft",
        channel=origin.channel,
        conversation_id=origin.conversation_id,
        resident_id=origin.resident_id,
        category="other",
        urgency="normal",
        place="",
        description="",
        phone="",
        name="",
        callback="",
        note="",
        source=origin.source,
        created=origin.at,
        updated=house(session).clock(),
    )
    changed = fill(ticket, report, house(session).community)
    session.add(ticket)
    return ticket, add_event(session, ticket, "draft", actor, **changed)
