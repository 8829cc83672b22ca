"""The resident says whether it is solved. Nobody else closes a ticket for good so surely."""

from sqlalchemy.orm import Session

from bot.storage.tables import Ticket
from bot.tickets.change_state import change_state
from bot.tickets.events import RESIDENT, add_event
from bot.tickets.find import locked
from bot.tickets.states import ALLOWED, UNDER_WAY


def give_verdict(
    session: Session, number: str, solved: bool, text: str = "", by: str = RESIDENT
) -> Ticket:
    """Yes closes the ticket, also one nobody had reported as resolved yet; no reopens it and puts
    it before the supervisor with the resident's words.

    by: who wrote it down, when it was said at the desk. Where neither changes anything the words
    are kept all the same. Raises `TicketMissing`.
    """
    ticket = locked(session, number)
    add_event(session, ticket, "verdict", by, solved=solved, text=text)
    if solved and ticket.state in UNDER_WAY:
        change_state(session, ticket, "resolved", RESIDENT)
    wanted = "closed" if solved else "reopened"
    if wanted in ALLOWED[ticket.state]:
        change_state(session, ticket, wanted, by)
        if not solved:
            ticket.alert = "escalated"
            add_event(session, ticket, "escalate", by, text=text)
    return ticket
