"""Asks Open311 outlets how our requests stand with them."""

import asyncio
import contextlib
import logging

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.outlets.hear import hear
from bot.outlets.open311.client import Entry, Open311Client
from bot.outlets.profile import Open311Outlet
from bot.outlets.protocol import Receipt
from bot.storage.database import Database
from bot.storage.tables import OutletTicket, Ticket
from bot.tickets.states import UNDER_WAY

log = logging.getLogger(__name__)

MOST = 1000
"""Requests asked for at once, those not heard of for longest first."""


class Poll:
    """Runs on any number of machines: the same news twice changes nothing."""

    def __init__(self, database: Database, outlet: Open311Outlet, client: Open311Client) -> None:
        self._database = database
        self._outlet = outlet
        self._client = client

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await asyncio.to_thread(self.once)
            except Exception:  # the database may be away for a while
                log.exception("没有问到 %s 的进展", self._outlet.name)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._outlet.poll)

    def once(self) -> int:
        """Ask now, in this thread; returns how many requests were heard of."""
        self._numbers()
        with self._database.read() as session:
            numbers = [row.foreign_id for row in self._waiting(session)]
        entries = self._client.stand(numbers) if numbers else []
        if not isinstance(entries, list):
            log.warning("没有问到 %s 的进展：%s", self._outlet.name, entries.reason)
            return 0
        return sum(self._hear(entry) for entry in entries)

    def _numbers(self) -> None:
        """The numbers of requests for which a server gave only a token so far."""
        tokens = select(OutletTicket.id, OutletTicket.foreign_token).where(
            OutletTicket.outlet == self._outlet.name,
            OutletTicket.foreign_token != "",
            OutletTicket.foreign_id == "",
        )
        with self._database.read() as session:
            rows = session.execute(tokens.limit(MOST)).all()
        for row_id, token in rows:
            answer = self._client.number_for(token)
            if isinstance(answer, Receipt):
                with self._database.begin() as session:
                    session.get_one(OutletTicket, row_id).foreign_id = answer.foreign_id[:128]

    def _waiting(self, session: Session) -> list[OutletTicket]:
        """Whatever may still change: ours is under way, or theirs is not done."""
        query = (
            select(OutletTicket)
            .join(Ticket, Ticket.id == OutletTicket.ticket_id)
            .where(
                OutletTicket.outlet == self._outlet.name,
                OutletTicket.foreign_id != "",
                Ticket.state.in_(UNDER_WAY) | (OutletTicket.foreign_state != "closed"),
            )
            .order_by(OutletTicket.updated)
            .limit(MOST)
        )
        return list(session.scalars(query))

    def _hear(self, entry: Entry) -> bool:
        status = entry.get("status", "").lower()
        if status not in ("open", "closed"):
            return False
        with self._database.begin() as session:
            row = session.scalars(
                select(OutletTicket).where(
                    OutletTicket.outlet == self._outlet.name,
                    OutletTicket.foreign_id == entry.get("service_request_id", ""),
                )
            ).first()
            if row is None:
                return False
            hear(session, row, status, entry.get("status_notes", "")[:500])
            return True
