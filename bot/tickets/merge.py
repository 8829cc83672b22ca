"""Two reports of one matter: one ticket stands for both, until somebody takes them apart."""

from sqlalchemy.orm import Session

from bot.storage.tables import Ticket
from bot.tickets.change_state import change_state
from bot.tickets.events import add_event
from bot.tickets.find import locked
from bot.tickets.joined import joined_to
from bot.tickets.states import UNDER_WAY, check

STANDS = UNDER_WAY | {"resolved"}
"""States of a ticket that can stand for others."""


class MergeError(ValueError):
    """The two cannot be merged; `reason` names the text: `itself`, `ended`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def merge(session: Session, which: Ticket | str, into: Ticket | str, actor: str) -> Ticket:
    """`which` becomes `merged`, and whoever reported it is told what becomes of `into`. What was
    merged into it before goes along. Taken apart again by `change_state(…, "reopened")`.

    Raises `MergeError`, `TransitionError` and `TicketMissing`; then nothing was changed.
    """
    # Always in the same order, so that two people who merge crosswise do not wait for one another.
    ids = sorted({one.id if isinstance(one, Ticket) else one for one in (which, into)})
    for one in ids:
        locked(session, one)
    ticket, target = locked(session, which), locked(session, into)
    if ticket.id == target.id:
        raise MergeError("itself")
    if target.state not in STANDS:
        raise MergeError("ended")
    check(ticket.state, "merged")
    for other in joined_to(session, ticket):
        other.merged_into = target.id
    ticket.merged_into = target.id
    change_state(session, ticket, "merged", actor)
    add_event(session, ticket, "merged", actor, into=target.number)
    add_event(session, target, "joined", actor, number=ticket.number)
    return ticket
