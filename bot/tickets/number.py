"""A number for a new ticket: any that is free, so that none can be told from another."""

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.failure import Failure
from bot.storage.tables import Ticket
from flows.ticket_number import ticket_number

_FIRST, _LAST = 10_000, 99_999
_TRIES = 20


def free_number(session: Session) -> str:
    """A number no ticket has. It is taken only by the ticket that uses it: of two transactions that
    choose the same, the second fails on the unique column and is done again.

    Raises `Failure` when all 90,000 are taken.
    """
    for _ in range(_TRIES):
        number = ticket_number(secrets.randbelow(_LAST - _FIRST + 1) + _FIRST)
        if session.scalar(select(Ticket.id).where(Ticket.number == number)) is None:
            return number
    # More than half are taken: look at all of them once.
    taken = set(session.scalars(select(Ticket.number)))
    free = [n for n in map(ticket_number, range(_FIRST, _LAST + 1)) if n not in taken]
    if not free:
        raise Failure("90000 个单号都用完了：请先导出并清理旧工单。")
    return secrets.choice(free)
