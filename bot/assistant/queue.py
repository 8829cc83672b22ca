"""A summary is asked for in the commit that files the ticket, and written long after it."""

from sqlalchemy.orm import Session

from bot.followup.outbox import enqueue
from bot.storage.tables import Ticket
from bot.tickets.house import house

SUMMARY = "summary"


def ask_for_summary(session: Session, ticket: Ticket) -> None:
    """Queue it; nothing at all when no model is configured."""
    if house(session).assistant:
        enqueue(session, f"{SUMMARY}:{ticket.id}", SUMMARY, {"ticket": ticket.id})
