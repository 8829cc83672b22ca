"""The report stands: its draft becomes an open ticket."""

from sqlalchemy.orm import Session

from bot.assistant.queue import ask_for_summary
from bot.storage.tables import Ticket
from bot.tickets.draft import Origin, known, make_ticket
from bot.tickets.events import RESIDENT, add_event
from bot.tickets.fill import fill
from bot.tickets.follow import follow
from bot.tickets.house import house
from flows.report import Report


def file_ticket(session: Session, number: str, report: Report, origin: Origin) -> Ticket:
    """Open the ticket and route it to the organisation the profile names for its category.

    Filing what is filed already only updates its report.
    """
    ticket = known(session, number)
    if ticket is None:
        ticket = make_ticket(session, number, report, origin, "open")
        ask_for_summary(session, ticket)
        return ticket
    changed = fill(ticket, report, house(session).community)
    if ticket.state == "draft":
        ticket.state = "open"
        if ticket.organisation:
            changed["organisation"] = ticket.organisation
        event = add_event(session, ticket, "filed", origin.source or RESIDENT, **changed)
        follow(session, ticket, event)
        ask_for_summary(session, ticket)
    elif changed:
        follow(session, ticket, add_event(session, ticket, "amended", RESIDENT, **changed))
    return ticket
