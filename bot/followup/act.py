"""A timer went off: what is due is done, once, in one commit."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.followup.stages import stages
from bot.storage.tables import FollowUp, Ticket
from bot.tickets.callback import tell_in_person
from bot.tickets.change_state import change_state
from bot.tickets.events import SYSTEM, add_event
from bot.tickets.find import locked
from bot.tickets.follow import set_timer
from bot.tickets.house import house
from bot.tickets.notice import can_be_told, notice, wants_to_hear
from bot.tickets.told import asked, until_silent, wait_for_answer


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
    """Silence closes a ticket, but only the silence of somebody who was asked long enough ago."""
    if can_be_told(session, ticket):
        row = session.get_one(FollowUp, ticket.id)
        question = asked(session, row)
        if question is None:
            ticket.alert = "untold"
            add_event(session, ticket, "untold", SYSTEM)
            if wants_to_hear(session, ticket):
                tell_in_person(session, ticket, ticket.state)
            return
        # A question of the future was asked while the clock was wrong; `since` was set right.
        since = question.at if question.at <= now else row.since
        if until_silent(session, since) > now:
            wait_for_answer(session, row, question)
            return
    change_state(session, ticket, "closed", SYSTEM, about="closed_unheard")


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
