"""Which tickets stand for which."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.storage.tables import Ticket


def joined_to(session: Session, ticket: Ticket) -> list[Ticket]:
    """Those a ticket stands for, the oldest first."""
    query = select(Ticket).where(Ticket.merged_into == ticket.id).order_by(Ticket.created)
    return list(session.scalars(query))


def standing_for(session: Session, ticket: Ticket) -> Ticket:
    """The ticket that tells how this one's matter stands: itself, unless it was merged."""
    if ticket.state != "merged" or not ticket.merged_into:
        return ticket
    return session.get(Ticket, ticket.merged_into) or ticket
