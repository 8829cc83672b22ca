"""The report stands: its draft becomes an open ticket."""

from sqlalchemy.orm import Session

from bot.assistant.queue import ask_for_summary
from bot.storage.tables import Ticket
from bot.tickets.draft import Origin, keep
from bot.tickets.events import RESIDENT, add_event
from bot.tickets.follow import follow
from flows.report import Report


def file_ticket(session: Session, number: str, report: Report, origin: Origin) -> Ticket:
    """Open the ticket and route it to the organisation the profile names for its category.

    Filing what is filed already only updates its report.
    """
    ticket, event = keep(session, number, report, origin)
    if ticket.state == "draft":
        ticket.state = "open"
        organisation = {"organisation": ticket.organisation} if ticket.organisation else {}
        event = add_event(session, ticket, "filed", origin.source or RESIDENT, **organisation)
        follow(session, ticket, event)
        ask_for_summary(session, ticket)
    elif event is not None:
        follow(session, ticket, event)
    return ticket
