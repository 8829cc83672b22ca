"""A ticket goes from one state to the next."""

from sqlalchemy.orm import Session

from bot.storage.tables import Ticket
from bot.tickets.events import RESIDENT, add_event
from bot.tickets.find import locked
from bot.tickets.follow import follow
from bot.tickets.joined import joined_to
from bot.tickets.notice import notice
from bot.tickets.states import ENDED, check


class ReasonMissing(ValueError):
    """Dismissing needs a reason: the resident is told it."""

    def __init__(self) -> None:
        super().__init__("不受理要写明原因，居民会看到")


def change_state(
    session: Session, which: Ticket | str, state: str, actor: str, note: str = "", about: str = ""
) -> Ticket:
    """Set the state, keep `note` as the word to the resident, and tell them (as `about`, where the
    state's own wording would not be true).

    Raises `TransitionError`, `ReasonMissing` and `TicketMissing`; then nothing was changed.
    """
    ticket = locked(session, which)
    check(ticket.state, state)
    if state == "dismissed" and not note.strip():
        raise ReasonMissing
    old, ticket.state = ticket.state, state
    if note and actor != RESIDENT:
        ticket.note = note
    if state in ENDED:
        ticket.callback = ""
    if old == "merged":
        ticket.merged_into = None
    event = add_event(session, ticket, "state", actor, state=[old, state], note=note)
    follow(session, ticket, event)
    if actor != RESIDENT:
        for one in (ticket, *joined_to(session, ticket)):
            notice(session, one, about or state, note)
    return ticket
