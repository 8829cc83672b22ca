"""A number for a new ticket: any that is free, so that none can be told from another."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import bindparam, exists, func, literal_column, select
from sqlalchemy.orm import Session, aliased

from bot.failure import Failure
from bot.storage.tables import NUMBERED, Ticket
from bot.tickets.events import SYSTEM, add_event
from bot.tickets.house import house
from flows.ticket_number import ticket_number

OLD = timedelta(days=730)
"""How long after its end a ticket keeps its number: a slip of paper in a drawer means nothing else
for two years."""
SHORTEST = timedelta(days=90)
"""… when there is no other number left."""
_FILED_AWAY = "a00000"
"""The first number that nobody can say or key; there are more than a billion of them."""
_OVER = ("closed", "dismissed")
_FIRST, _LAST = 10_000, 99_999
_TRIES = 20


FREE = "free_number"
"""Where in a session's `info` the number lies that it found free last."""
_TAKEN = select(Ticket.id).where(Ticket.number == bindparam("number"))


def free_number(session: Session) -> str:
    """A number no ticket has. It is taken only by the ticket that uses it: of two transactions that
    choose the same, the second fails on the unique column and is done again.

    Where all 90,000 are taken, tickets that ended long enough ago give theirs back at once. Raises
    `Failure` when there is none such either.
    """
    for _ in range(_TRIES):
        number = ticket_number(secrets.randbelow(_LAST - _FIRST + 1) + _FIRST)
        if session.scalar(_TAKEN, {"number": number}) is None:
            session.info[FREE] = number
            return number
    # More than half are taken: look at all of them once.
    taken = set(session.scalars(select(Ticket.number)))
    free = [n for n in map(ticket_number, range(_FIRST, _LAST + 1)) if n not in taken]
    if free:
        return secrets.choice(free)
    if give_back(session, house(session).clock() - SHORTEST, 1000):
        return free_number(session)
    raise Failure("90000 个单号都用完了，三个月内结束的单子不能收回单号：请先导出并清理旧工单。")


def give_back(session: Session, before: datetime, most: int) -> int:
    """Tickets that ended before that give their numbers back, the oldest first, at most so many;
    returns how many did. Everything else of them stays, their page at its address, too. One that
    waits for a call, or stands for by one that is not over, keeps its number."""
    standing = aliased(Ticket)
    waits = exists().where(standing.id == Ticket.merged_into, standing.state.not_in(_OVER))
    query = (
        select(Ticket)
        .where(literal_column(NUMBERED), Ticket.updated < before, Ticket.callback == "", ~waits)
        .order_by(Ticket.updated)
        .limit(most)
        .with_for_update(skip_locked=True, of=Ticket)
    )
    tickets = list(session.scalars(query))
    if not tickets:
        return 0
    last = session.scalar(select(func.max(Ticket.number)).where(Ticket.number >= _FILED_AWAY))
    after = int(last, 36) + 1 if last else int(_FILED_AWAY, 36)
    for count, ticket in enumerate(tickets):
        old, ticket.number = ticket.number, _base36(after + count)
        add_event(session, ticket, "number", SYSTEM, number=old)
    session.flush()
    return len(tickets)


def _base36(value: int) -> str:
    digits = ""
    while value:
        value, rest = divmod(value, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits
