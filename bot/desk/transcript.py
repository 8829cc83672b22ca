"""A conversation as the desk reads it: line by line, who said what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.pages.words import page_words, say
from bot.storage.tables import TurnRow


@dataclass(frozen=True)
class Line:
    resident: bool
    text: str
    at: datetime


def transcript(session: Session, conversation_id: str | None) -> list[Line]:
    """Every committed turn: the resident's input as heard, then our answer as said."""
    if not conversation_id:
        return []
    query = select(TurnRow).where(TurnRow.conversation_id == conversation_id).order_by(TurnRow.seq)
    lines: list[Line] = []
    for turn in session.scalars(query):
        inputs = turn.heard.get("inputs", [turn.heard])
        lines.extend(Line(True, text, turn.at) for text in map(heard_text, inputs[:1]) if text)
        answer = str(turn.answer.get("text", ""))
        if answer:
            lines.append(Line(False, answer, turn.at))
    return lines


def heard_text(heard: dict[str, Any]) -> str:
    """One `flows.heard.Heard`, stored as JSON, in words.

    >>> heard_text({"kind": "speech", "text": "灯坏了"})
    '灯坏了'
    """
    kind = str(heard.get("kind", ""))
    text = str(heard.get("text", ""))
    if kind in ("speech", "text"):
        return text
    if kind == "key":
        return say("ticket.key", key=heard.get("key", ""))
    words = page_words()
    if fix := heard.get("fix"):
        slot = words["ticket"]["fields"][fix["slot"]]
        return say("ticket.events.fixed", by=fix["by"], slot=slot, text=text)
    events = words["ticket"]["events"]
    return say(f"ticket.events.{kind}", text=text) if kind in events else text
