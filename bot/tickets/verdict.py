"""The resident says whether it is solved. Nobody else closes a ticket for good so surely."""

from sqlalchemy.orm import Session

from bot.storage.tables import Ticket
from bot.tickets.change_state import change_state
from bot.tickets.events import RESIDENT, SYSTEM, add_event
from bot.tickets.find import TicketMissing, find_by_number, locked
from bot.tickets.joined import joined_to, standing_for
from bot.tickets.notice import notice
from bot.tickets.states import ALLOWED, UNDER_WAY


def give_verdict(
    session: Session, number: str, solved: bool, text: str = "", by: str = RESIDENT
) -> Ticket:
    """Yes closes the ticket, also one nobody had reported as resolved yet; no reopens it and puts
    it before the supervisor with the resident's words.

    Of a report that was joined to another, it is a word on the one that stands for both, and all
    who reported it hear of it: a neighbour's yes closes what the worker says is done; before that
    it only makes it `resolved`, so that the others are asked, too.

    by: who wrote it down, when it was said at the desk. Where neither changes anything the words
    are kept all the same. Raises `TicketMissing`.
    """
    own = find_by_number(session, number)
    if own is None:
        raise TicketMissing(number)
    # Always in the same order, as `merge` does.
    for one in sorted({own.id, standing_for(session, own).id}):
        locked(session, one)
    ticket = locked(session, standing_for(session, own))
    add_event(session, own, "verdict", by, solved=solved, text=text)
    if ticket is not own:
        # Whoever sees only this one sees whose word it was.
        add_event(session, ticket, "verdict", by, solved=solved, text=text, number=own.number)
    if solved and ticket.state in UNDER_WAY:
        asks = ticket is not own
        change_state(session, ticket, "resolved", SYSTEM if asks else RESIDENT)
        if asks:
            return ticket
    wanted = "closed" if solved else "reopened"
    if wanted in ALLOWED[ticket.state]:
        change_state(session, ticket, wanted, by)
        if not solved:
            ticket.alert = "escalated"
            add_event(session, ticket, "escalate", by, text=text)
        if by == RESIDENT:
            for other in (ticket, *joined_to(session, ticket)):
                if other is not own:
                    notice(session, other, wanted)
    return ticket
