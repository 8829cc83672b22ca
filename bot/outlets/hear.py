"""What an outside system says of one of our tickets: kept, followed where it may be, and shown
where the two disagree."""

from sqlalchemy.orm import Session

from bot.outlets.agree import conflict_of, follows
from bot.storage.tables import OutletTicket
from bot.tickets.change_state import change_state
from bot.tickets.events import add_event
from bot.tickets.find import locked
from bot.tickets.house import house
from bot.tickets.states import TransitionError

STATES = frozenset(
    {"open", "assigned", "in_progress", "resolved", "closed", "reopened", "dismissed"}
)
"""What another system may say."""


def hear(
    session: Session, row: OutletTicket, state: str, text: str = "", foreign_id: str = ""
) -> str:
    """Take note of `state` (one of `STATES`) and of their words to the resident; returns the
    conflict there is now, or an empty string. The same news again changes nothing."""
    ticket = locked(session, row.ticket_id)
    if foreign_id and foreign_id != row.foreign_id:
        row.foreign_id = foreign_id[:128]
    actor = f"outlet:{row.outlet}"
    if (state, text) != (row.foreign_state, row.foreign_note):
        target = follows(ticket.state, row.foreign_state, state)
        try:
            if target:
                change_state(session, ticket, target, actor, text)
        except TransitionError:
            target = ""
        if not target:
            add_event(session, ticket, "outlet", actor, outlet=row.outlet, theirs=state, text=text)
        row.foreign_state, row.foreign_note = state[:32], text
        row.updated = house(session).clock()
    row.conflict = conflict_of(ticket.state, row.foreign_state)
    return row.conflict
