"""The adapter of an outlet's queue: tells it everything that happened up to a message, in order."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.followup.outcome import GiveUp, NotYet, Outcome, Retry, Sent
from bot.outlets.agree import conflict_of
from bot.outlets.profile import Outlet
from bot.outlets.protocol import Adapter, Message, Receipt
from bot.outlets.publish import prefix
from bot.outlets.record import record_of
from bot.storage.database import Database
from bot.storage.serialise import serialise
from bot.storage.tables import Outgoing, OutletTicket, Ticket, TicketEvent
from bot.tickets.events import SYSTEM, add_event
from bot.tickets.house import house

LEASE = timedelta(minutes=2)
"""How long a ticket is left to whoever is telling the outlet of it; then they were killed."""
BREAK_AFTER = 3
BREAK = 60.0
"""After so many failures in a row nobody is asked for so many seconds."""


@dataclass(frozen=True)
class _Claim:
    row: int
    messages: list[tuple[int, Message]]
    """With the event's id."""


class Deliver:
    """Called by a dispatcher with `{"ticket", "event"}`. Thread-safe."""

    def __init__(
        self,
        database: Database,
        outlet: Outlet,
        adapter: Adapter,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._outlet = outlet
        self._adapter = adapter
        self._monotonic = monotonic
        self._failures = 0
        self._closed_until = 0.0

    def __call__(self, payload: dict[str, Any]) -> Outcome:
        left = self._closed_until - self._monotonic()
        if left > 0:
            return NotYet("对方这会儿不通，过一会儿再送", left)
        with self._database.begin() as session:
            claim = self._claim(session, str(payload["ticket"]), int(payload["event"]))
        if isinstance(claim, NotYet):
            return claim
        outcome: Outcome = Sent()
        try:
            for event, message in claim.messages:
                outcome = self._send(claim.row, event, message)
                if isinstance(outcome, Retry):
                    break
        finally:
            with self._database.begin() as session:
                session.get_one(OutletTicket, claim.row).busy_until = None
        return outcome

    def _claim(self, session: Session, ticket_id: str, event_id: int) -> _Claim | NotYet:
        serialise(session, prefix(self._outlet, ticket_id))
        row = session.scalars(
            select(OutletTicket).where(
                OutletTicket.outlet == self._outlet.name, OutletTicket.ticket_id == ticket_id
            )
        ).one()
        about = house(session)
        now = about.clock()
        if row.busy_until and row.busy_until > now:
            return NotYet("同一张单子正在送", 2.0)
        row.busy_until = now + LEASE
        ticket = session.get_one(Ticket, ticket_id)
        messages = []
        for key, event in self._pending(session, row, event_id):
            happened = session.get_one(TicketEvent, event)
            record = record_of(ticket, happened, self._outlet.fields, about)
            messages.append(
                (event, Message(
                    id=key, record=record, created=ticket.created, foreign_id=row.foreign_id,
                    foreign_token=row.foreign_token, again=row.attempts > 0,
                ))
            )  # fmt: skip
        row.attempts += bool(messages)
        return _Claim(row.id, messages)

    def _pending(self, session: Session, row: OutletTicket, until: int) -> list[tuple[str, int]]:
        """Keys and events that were queued and not told yet, up to `until`, oldest first."""
        start = prefix(self._outlet, row.ticket_id)
        query = select(Outgoing.key, Outgoing.payload).where(
            Outgoing.kind == self._outlet.adapter,
            Outgoing.state == "waiting",
            Outgoing.key.startswith(start, autoescape=True),
        )
        events = {int(payload["event"]): key for key, payload in session.execute(query)}
        return [(events[e], e) for e in sorted(events) if row.told < e <= until]

    def _send(self, row_id: int, event: int, message: Message) -> Outcome:
        try:
            result = self._adapter.send(message)
        except Exception as error:  # whatever it ran into, the message stays
            result = Retry(f"{type(error).__name__}: {error}")
        if isinstance(result, Retry):
            result = replace(result, patient=True)
            self._failures += 1
            if self._failures >= BREAK_AFTER:
                self._closed_until = self._monotonic() + BREAK
        else:
            self._failures = 0
        with self._database.begin() as session:
            row = session.get_one(OutletTicket, row_id, with_for_update=True)
            note(session, row, result, event, house(session).clock())
        return Sent() if isinstance(result, Receipt) else result


def note(
    session: Session,
    row: OutletTicket,
    result: Receipt | Retry | GiveUp,
    event: int,
    now: datetime,
) -> None:
    """What became of an attempt, on the row the desk shows; the first receipt and a refusal also in
    the ticket's history."""
    ticket = session.get_one(Ticket, row.ticket_id)
    row.updated = now
    if isinstance(result, Retry):
        row.state, row.error = "waiting", result.reason[:500]
        return
    first = not row.receipt and not row.foreign_id
    row.attempts, row.told = 0, max(row.told, event)
    if isinstance(result, GiveUp):
        row.state, row.error = "failed", result.reason[:500]
        add_event(session, ticket, "outlet", SYSTEM, outlet=row.outlet, refused=row.error)
        return
    row.state, row.error = "sent", ""
    row.receipt = result.text[:500] or row.receipt
    row.foreign_id = result.foreign_id[:128] or row.foreign_id
    row.foreign_token = result.foreign_token[:128] or row.foreign_token
    row.conflict = conflict_of(ticket.state, row.foreign_state)
    if first:
        received = {"foreign_id": row.foreign_id} if row.foreign_id else {}
        add_event(session, ticket, "outlet", SYSTEM, outlet=row.outlet, **received)
