"""A stored conversation, taken once more from its events: how a report of a bug becomes a test."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.storage.tables import ConversationRow, TurnRow
from bot.tickets.find import find_by_number
from flows.community import Community
from flows.conversation import Conversation, Turn
from flows.heard import Heard
from flows.step import step


class ConversationMissing(KeyError):
    """No conversation has this id, and no ticket this number."""


@dataclass(frozen=True)
class Difference:
    turn: int
    """From 1."""
    field: str
    """Where in the turn: `conversation.report.place`."""
    stored: object
    replayed: object


@dataclass(frozen=True)
class Replayed:
    conversation: str
    turns: int
    differences: tuple[Difference, ...]


def replay(session: Session, which: str, community: Community) -> Replayed:
    """Take every turn of a conversation (by its id, or a ticket's number) again, each from the
    state that was stored before it, so that one difference neither hides nor makes others.

    Raises `ConversationMissing`.
    """
    row = session.get(ConversationRow, which)
    if row is None:
        ticket = find_by_number(session, which)
        if ticket and ticket.conversation_id:
            row = session.get(ConversationRow, ticket.conversation_id)
    if row is None:
        raise ConversationMissing(which)
    query = select(TurnRow).where(TurnRow.conversation_id == row.id).order_by(TurnRow.seq)
    turns = list(session.scalars(query))
    found: list[Difference] = []
    before: Conversation | None = None
    for turn in turns:
        try:
            before = before or Conversation.model_validate(turn.heard["begun"])
            before = _again(turn, before, community, found)
        except (ValidationError, KeyError) as error:
            # Stored by a version whose values this one does not know.
            found.append(Difference(turn.seq + 1, "", "stored", f"unreadable: {error}"))
            before = None
            break
    return Replayed(row.id, len(turns), tuple(found))


def _again(
    row: TurnRow, before: Conversation, community: Community, found: list[Difference]
) -> Conversation:
    """Compares one turn; the stored conversation after it."""
    for heard, stored in zip(row.heard["inputs"], row.turn["turns"], strict=True):
        was = Turn.model_validate(stored)
        now = step(before, Heard.model_validate(heard), community)
        found += (
            Difference(row.seq + 1, *difference)
            for difference in _differences("", was.model_dump(), now.model_dump())
        )
        before = was.conversation
    return before


def _differences(path: str, was: Any, now: Any) -> Iterator[tuple[str, object, object]]:
    """The smallest parts that differ. Sets stay sets: their order means nothing."""
    if isinstance(was, dict) and isinstance(now, dict):
        for key in sorted({*was, *now}):
            yield from _differences(f"{path}.{key}".strip("."), was.get(key), now.get(key))
    elif isinstance(was, tuple) and isinstance(now, tuple) and len(was) == len(now):
        for index, (old, new) in enumerate(zip(was, now, strict=True)):
            yield from _differences(f"{path}[{index}]", old, new)
    elif was != now:
        yield path, was, now
