"""After a ticket was filed, and after its commit: a line for the desk, if a model has one."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.assistant.mask import mask
from bot.assistant.model import LanguageModel
from bot.assistant.queue import SUMMARY
from bot.followup.outcome import Outcome, Sent
from bot.storage.database import Database
from bot.storage.tables import Ticket, TicketEvent
from bot.tickets.events import SYSTEM, add_event
from bot.tickets.house import house

_SURE = 0.5
"""Confidence below which the order of the category's choices may be changed."""


class Summarise:
    """Outbox adapter. One try: a line nobody got in time is not worth a second."""

    def __init__(self, database: Database, model: LanguageModel) -> None:
        self._database, self._model = database, model

    def __call__(self, payload: dict[str, Any]) -> Outcome:
        with self._database.read() as session:
            ticket = session.get(Ticket, payload["ticket"])
            if ticket is None:
                return Sent()
            report = ticket.report or {}
            room = (report.get("place") or {}).get("room")
            words = mask(ticket.description, (report.get("name"), report.get("phone"), room))
            category = report.get("category") or {}
            top = category.get("top") or ()
            doubtful = category.get("confidence", 0.0) < _SURE
            wording = house(session).wording
            choices = [(code, wording.label("category", code)) for code in top[:3]]
        # No transaction is open while we wait.
        found = self._model.suggest(words, choices if doubtful else ()) if words else None
        if found:
            with self._database.begin() as session:
                kept = session.get_one(Ticket, payload["ticket"])
                if not summary_of(session, kept):
                    add_event(
                        session, kept, SUMMARY, SYSTEM, summary=found.summary, likely=found.category
                    )
        return Sent()


def summary_of(session: Session, ticket: Ticket) -> dict[str, Any]:
    """`summary` and `likely` as the model gave them; empty when it gave nothing."""
    query = select(TicketEvent).where(
        TicketEvent.ticket_id == ticket.id, TicketEvent.kind == SUMMARY
    )
    event = session.scalars(query.limit(1)).first()
    return event.data if event else {}
