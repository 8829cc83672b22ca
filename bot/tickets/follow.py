"""What happens to a ticket by itself: its deadline and its next timer, set in the commit of the
change that makes them so."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.followup.outbox import enqueue
from bot.followup.stages import Stage, deadline, phase, stages
from bot.storage.tables import FollowUp, Ticket, TicketEvent
from bot.tickets.house import house

TIMER = "timer"
"""The outbox's kind for what must be woken up for."""


def follow(session: Session, ticket: Ticket, event: TicketEvent) -> None:
    """Plan anew after `event`, if it began another phase or moved the deadline."""
    about = house(session)
    rules = about.community.profile.follow_up
    zone = ZoneInfo(about.community.profile.timezone)
    kind = phase(ticket.state)
    row = session.get(FollowUp, ticket.id)
    begins = row is None or row.phase != kind
    since = event.at if row is None or begins else row.since
    due = None
    if kind == "work":
        due = deadline(since, ticket.urgency, ticket.category, rules, zone)
    if not begins and due == ticket.due:
        return
    ticket.due, ticket.alert = due, ""
    if row is None:
        row = FollowUp(ticket_id=ticket.id)
        session.add(row)
    row.phase, row.since, row.stretch = kind, since, event.id
    plan = stages(kind, since, due, rules, zone)
    # After a correction, what is past already is past: only the last of it still has to be said.
    past = [stage for stage in plan if stage.due <= event.at]
    set_timer(session, row, past[-1] if past else plan[0] if plan else None, event.at)


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
