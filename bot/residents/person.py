"""All that is kept of one person, whichever way they spoke with us."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.residents.find import find_resident
from bot.storage.box import Box
from bot.storage.tables import ConversationRow, Recording, Resident, Ticket, TurnRow
from flows.channel import Channel

_SHORTEST = 7
"""Digits of a telephone number."""


@dataclass(frozen=True)
class Person:
    residents: tuple[Resident, ...]
    """Oldest first."""
    conversations: tuple[ConversationRow, ...]
    keys: tuple[str, ...]
    """Of all their turns."""
    recordings: tuple[Recording, ...]
    tickets: tuple[Ticket, ...]
    named: tuple[Ticket, ...]
    """Tickets of others, or of nobody known, that give their number as the one to call."""


def number_of(who: str) -> str:
    """Digits of a telephone number as somebody types it, without China's code; empty for an openid.

    >>> number_of("+86 138-0000-1234"), number_of("oAbC-1234567")
    ('13800001234', '')
    """
    digits = re.sub(r"[\s()\-]", "", who)
    digits = re.sub(r"^(?:\+|00)86", "", digits)
    return digits if digits.isascii() and digits.isdigit() and len(digits) >= _SHORTEST else ""


def find_person(session: Session, box: Box, who: str) -> Person | None:
    """By telephone number or WeChat's openid. None when nothing is kept of them.

    A number also finds whoever gave it as theirs in a chat or at the desk. It is encrypted, so this
    reads every ticket's: seconds among a million.
    """
    number = number_of(who)
    found = {
        each.id: each
        for channel in Channel
        if (each := find_resident(session, box, channel, number or who.strip()))
    }
    named = _ids(session, Ticket, number)
    for id in _ids(session, Resident, number):
        found[id] = session.get_one(Resident, id)
    residents = sorted(found.values(), key=lambda each: each.created)
    theirs = ConversationRow.resident_id.in_(found)
    rows = tuple(session.scalars(select(ConversationRow).where(theirs)))
    conversations = [row.id for row in rows]
    about = Ticket.resident_id.in_(found) | Ticket.conversation_id.in_(conversations)
    tickets = tuple(session.scalars(select(Ticket).where(about).order_by(Ticket.created)))
    own = {ticket.id for ticket in tickets}
    others = select(Ticket).where(Ticket.id.in_([id for id in named if id not in own]))
    spoken = select(TurnRow).where(TurnRow.conversation_id.in_(conversations))
    turns = list(session.scalars(spoken.order_by(TurnRow.id)))
    keys = tuple(turn.key for turn in turns)
    person = Person(
        tuple(residents), rows, keys, _recordings(session, conversations, turns),
        tickets, tuple(session.scalars(others)),
    )  # fmt: skip
    return person if residents or person.named else None


def _ids(session: Session, model: type[Resident] | type[Ticket], number: str) -> list[str]:
    """Of the rows with this number in their encrypted `phone`."""
    if not number:
        return []
    rows = session.execute(select(model.id, model.phone).execution_options(yield_per=2000))
    return [id for id, phone in rows if phone == number]


def _recordings(
    session: Session, conversations: Iterable[str], turns: Iterable[TurnRow]
) -> tuple[Recording, ...]:
    """Of their conversations, and what a turn refers to before it belonged to one."""
    heard = [one for turn in turns for one in turn.heard["inputs"]]
    ids = {one["recording"] for one in heard if one.get("recording")}
    query = select(Recording).where(
        Recording.conversation_id.in_(conversations) | Recording.id.in_(ids)
    )
    return tuple(session.scalars(query.order_by(Recording.created)))
