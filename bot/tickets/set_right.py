"""A volunteer set something right while the resident is on the line."""

from sqlalchemy.orm import Session

from bot.storage.tables import Ticket
from bot.tickets.draft import Origin, make_ticket
from bot.tickets.events import add_event
from bot.tickets.fill import fill
from bot.tickets.find import find_by_number, locked
from bot.tickets.follow import follow
from bot.tickets.house import house
from flows.report import Report


def set_right(session: Session, number: str, report: Report, by: str, origin: Origin) -> Ticket:
    """The draft or ticket with this number takes the report over, and its history names who did it;
    a new draft when there is none yet.

    by: name of an account. A ticket the conversation is only about keeps its own report.
    """
    found = find_by_number(session, number)
    if found is None:
        return make_ticket(session, number, report, origin, "draft", by)
    ticket = locked(session, found)
    if ticket.conversation_id != origin.conversation_id:
        return ticket
    if changed := fill(ticket, report, house(session).community):
        follow(session, ticket, add_event(session, ticket, "corrected", by, **changed))
    return ticket
