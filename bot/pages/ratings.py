"""How content residents were, in their own words: what they said when they were asked whether it is
solved, and anything they added later. Nobody is asked for a mark."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.pages.words import page_words
from bot.storage.tables import TicketEvent
from bot.tickets.events import RESIDENT


def rating_of(text: str) -> str:
    """`bad`, `fair`, `good`, or empty when the words say nothing of it. The worst counts: “不满意”
    holds “满意”, and a complaint is rarely in the first words.

    >>> [rating_of(text) for text in ("不太满意，修了两天", "修好了，师傅很热心", "好了")]
    ['bad', 'good', '']
    """
    words: dict[str, list[str]] = page_words()["ratings"]["words"]
    return next((kind for kind, said in words.items() if any(one in text for one in said)), "")


def ratings(session: Session, since: datetime) -> dict[str, int]:
    """Of the tickets whose residents answered since then, the last thing they said of it."""
    verdicts = select(TicketEvent.ticket_id).where(
        TicketEvent.kind == "verdict", TicketEvent.at >= since
    )
    said = (
        select(TicketEvent)
        .where(
            TicketEvent.ticket_id.in_(verdicts),
            TicketEvent.at >= since,
            TicketEvent.kind.in_(("verdict", "note")),
            TicketEvent.actor == RESIDENT,
        )
        .order_by(TicketEvent.id)
    )
    last: dict[str, str] = {}
    for event in session.scalars(said):
        # A note before the answer is about the matter, not about how it went.
        if event.kind == "verdict":
            last.setdefault(event.ticket_id, "")
        text = str(event.data.get("text") or event.data.get("note") or "")
        if event.ticket_id in last and (rating := rating_of(text)):
            last[event.ticket_id] = rating
    found = list(last.values())
    return {kind: found.count(kind) for kind in ("good", "fair", "bad") if kind in found}
