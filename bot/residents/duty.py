"""Who is on duty, and how much everybody has on their hands."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.storage.tables import Staff, Ticket
from bot.tickets.states import UNDER_WAY

SHIFT = timedelta(hours=12)
"""Then somebody who forgot to sign off is off duty all the same."""


@dataclass(frozen=True)
class Duty:
    staff: Staff
    on_duty: bool
    load: int
    """Tickets under way that they have taken."""


def set_duty(staff: Staff, on: bool, now: datetime) -> None:
    staff.on_duty_until = now + SHIFT if on else None


def roster(session: Session, now: datetime, organisation: str | None = None) -> list[Duty]:
    """On duty first, the least busy of them on top. organisation: its people only; None: all."""
    taken = (
        select(Ticket.assignee, func.count())
        .where(Ticket.state.in_(UNDER_WAY), Ticket.assignee.is_not(None))
        .group_by(Ticket.assignee)
    )
    loads = {row[0]: row[1] for row in session.execute(taken)}
    query = select(Staff)
    if organisation is not None:
        query = query.where(Staff.organisation == organisation)
    found = [
        Duty(staff, bool(staff.on_duty_until and staff.on_duty_until > now), loads.get(staff.id, 0))
        for staff in session.scalars(query)
    ]
    return sorted(found, key=lambda duty: (not duty.on_duty, duty.load, duty.staff.name))
