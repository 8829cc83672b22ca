"""What happens to a ticket by itself: its deadline and its next timer, set in the commit of the
change that makes them so."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.followup.outbox import enqueue
from bot.followup.stages import Stage, deadline, phase, stages
from bot.storage.tables import FollowUp, Ticket, TicketEvent
from bot.storage.write import write
from bot.tickets.house import house

TIMER = "timer"
"""The outbox's kind for what must be woken up for."""


def due(session: Session, ticket: Ticket, since: datetime) -> datetime | None:
    """By when it should be done, if its work began at `since`; none while there is no work."""
    if phase(ticket.state) != "work":
        return None
    profile = house(session).community.profile
    zone = ZoneInfo(profile.timezone)
    return deadline(since, ticket.urgency, ticket.category, profile.follow_up, zone)


def follow(session: Session, ticket: Ticket, event: TicketEvent, *, new: bool = False) -> None:
    """Plan anew after `event`, if it began another phase or moved the deadline. new: the ticket was
    made just now."""
    profile = house(session).community.profile
    kind = phase(ticket.state)
    row = None if new else session.get(FollowUp, ticket.id)
    begins = row is None or row.phase != kind
    since = event.at if row is None or begins else row.since
    until = due(session, ticket, since)
    if not begins and until == ticket.due:
        return
    ticket.due, ticket.alert = until, ""
    plan = stages(kind, since, until, profile.follow_up, ZoneInfo(profile.timezone))
    # After a correction, what is past already is past: only the last of it still has to be said.
    past = [stage for stage in plan if stage.due <= event.at]
    made = row or FollowUp(ticket_id=ticket.id)
    made.phase, made.since, made.stretch = kind, since, event.id
    set_timer(session, made, past[-1] if past else plan[0] if plan else None, event.at)
    if row is None:
        write(session, made)


def set_timer(session: Session, row: FollowUp, stage: Stage | None, now: datetime) -> None:
    """The ticket's next timer; none: nothing more happens by itself."""
    row.stage, row.due, row.set_at = (stage.name, stage.due, now) if stage else ("", now, now)
    if stage:
        enqueue(
            session,
            timer_key(row),
            TIMER,
            {"ticket": row.ticket_id, "stretch": row.stretch, "stage": row.stage,
             "due": row.due.isoformat()},
        )  # fmt: skip


def timer_key(row: FollowUp) -> str:
    """One timer's name everywhere: in the outbox, and as DBOS's workflow id."""
    return f"timer:{row.ticket_id}:{row.stretch}:{row.stage}"
