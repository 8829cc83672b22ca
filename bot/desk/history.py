"""A ticket's history as the desk reads it; it is only ever added to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.pages.words import page_words
from bot.storage.tables import Ticket, TicketEvent
from locales.wording import Wording

_NAMED = frozenset({"category", "state", "urgency", "way", "told_by"})
"""Fields that hold codes with a name in the wording."""


@dataclass(frozen=True)
class Past:
    at: datetime
    name: str
    actor: str
    lines: tuple[str, ...]


def history(
    session: Session, ticket: Ticket, wording: Wording, hidden: Collection[str] = ()
) -> list[Past]:
    """Oldest first; hidden: fields that whoever reads it may not see."""
    words = page_words()["ticket"]
    query = select(TicketEvent).where(TicketEvent.ticket_id == ticket.id).order_by(TicketEvent.id)
    return [
        Past(
            at=event.at,
            name=words["event"].get(event.kind, words["event"]["other"]),
            actor=words["actor"].get(event.actor, event.actor),
            lines=tuple(
                _lines({k: v for k, v in event.data.items() if k not in hidden}, words, wording)
            ),
        )
        for event in session.scalars(query)
    ]


def _lines(data: dict[str, Any], words: dict[str, Any], wording: Wording) -> list[str]:
    """The fields of an event that mean something to a person; the whole report is above anyway."""
    lines = []
    for field, value in data.items():
        name = words["fields"].get(field)
        if name and value not in ("", None):
            lines.append(f"{name}：{_value(field, value, words, wording)}")
    return lines


def _value(field: str, value: Any, words: dict[str, Any], wording: Wording) -> str:
    if isinstance(value, bool):
        return str(words["yes" if value else "no"])
    if isinstance(value, list) and len(value) == 2:
        return " → ".join(_value(field, item, words, wording) or words["none"] for item in value)
    if isinstance(value, dict):
        return str(value.get("text", ""))
    if (
        field in ("category", "state", "urgency", "way", "told_by")
        and isinstance(value, str)
        and value
    ):
        return wording.label(field, value)
    return str(value if value is not None else "")
