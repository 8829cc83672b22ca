"""A timer went off: what is due is done, once, in one commit."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.followup.stages import stages
from bot.storage.tables import FollowUp, Ticket, TicketEvent
from bot.tickets.change_state import change_state
from bot.tickets.events import SYSTEM, add_event
from bot.tickets.find import locked
from bot.tickets.follow import set_timer
from bot.tickets.house import house
from bot.tickets.notice import can_be_told, notice


def act(session: Session, ticket_id: str, stretch: int, stage: str) -> float:
    """Do this stage of the plan and set the timer for the next one. Returns 0, or the seconds to
    wait when it is not due yet (the clock was set back).

    A timer of an older plan, or one that went off before, does nothing. Raises `TicketMissing`.
    """
    ticket = locked(session, ticket_id)
    row = session.get(FollowUp, ticket_id, populate_existing=True)
    if row is None or (row.stretch, row.stage) != (stretch, stage):
        return 0.0
    about = house(session)
    now = about.clock()
    if row.due > now:
        return (row.due - now).total_seconds()
    profile = about.community.profile
    zone = ZoneInfo(profile.timezone)
    plan = stages(row.phase, row.since, ticket.due, profile.follow_up, zone)
    names = [planned.name for planned in plan]
    ahead = plan[names.index(stage) :] if stage in names else ()
    # After a long standstill several are due at once: only the last of them is said.
    due = [planned for planned in ahead if planned.due <= now] or list(ahead[:1])
    rest = ahead[len(due) :]
    set_timer(session, row, rest[0] if rest else None, now)
    if due:
        _DO[due[-1].name](session, ticket, now)
    return 0.0


def _remind(session: Session, ticket: Ticket, now: datetime) -> None:
    ticket.alert = "soon"
    add_event(session, ticket, "remind", SYSTEM, **_due(session, ticket))


def _overdue(session: Session, ticket: Ticket, now: datetime) -> None:
    ticket.alert = "overdue"
    add_event(session, ticket, "overdue", SYSTEM, **_due(session, ticket))


def _escalate(session: Session, ticket: Ticket, now: datetime) -> None:
    ticket.alert = "escalated"
    add_event(session, ticket, "escalate", SYSTEM, **_due(session, ticket))


def _ask_again(session: Session, ticket: Ticket, now: datetime) -> None:
    notice(session, ticket, "asked_again", ticket.note)


def _close(session: Session, ticket: Ticket, now: datetime) -> None:
    """Silence closes a ticket, but only the silence of somebody who was asked."""
    if was_asked(session, ticket) or not can_be_told(session, ticket):
        change_state(session, ticket, "closed", SYSTEM, about="closed_unheard")
        return
    ticket.alert = "untold"
    add_event(session, ticket, "untold", SYSTEM)


def was_asked(session: Session, ticket: Ticket) -> bool:
    """Whether “修好了吗？” has reached them since the ticket was last resolved."""
    row = session.get_one(FollowUp, ticket.id)
    events = select(TicketEvent).where(
        TicketEvent.ticket_id == ticket.id,
        TicketEvent.kind == "told",
        TicketEvent.id > row.stretch,
    )
    return any(event.data.get("reached") for event in session.scalars(events))


def _due(session: Session, ticket: Ticket) -> dict[str, str]:
    """The last day it may take, as the history shows it."""
    if ticket.due is None:
        return {}
    zone = ZoneInfo(house(session).community.profile.timezone)
    return {"due": (ticket.due.astimezone(zone) - timedelta(microseconds=1)).date().isoformat()}


_DO: dict[str, Callable[[Session, Ticket, datetime], None]] = {
    "remind": _remind,
    "overdue": _overdue,
    "escalate": _escalate,
    "ask_again": _ask_again,
    "close": _close,
}
