"""Delivers what lies in the outbox: at least once, whatever is killed in between."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, select, update

from bot.followup.outcome import Deliver, GiveUp, NotYet, Outcome, Retry, Sent
from bot.metrics import deliveries_total
from bot.storage.database import Database
from bot.storage.tables import Outgoing

log = logging.getLogger(__name__)

FIRST_WAIT = 5.0
LONGEST_WAIT = 3600.0
"""Seconds before the second and between the last attempts; each wait is twice the one before."""

TRIES = 20
"""Attempts, about 12 hours of them, before a message is given up."""

LEASE = timedelta(minutes=2)
"""How long a claimed message is left to its claimer; then it was killed, and another tries."""

_AT_ONCE = 8


@dataclass(frozen=True)
class _Claim:
    id: int
    kind: str
    payload: dict[str, Any]
    attempts: int
    """This one included. One that was killed is none: whatever killed it was not the message."""
    lease: datetime
    """Until then it is ours."""


class Dispatcher:
    """Any number may run, in one process or on several machines."""

    def __init__(
        self, database: Database, adapters: Mapping[str, Deliver], pause: float = 0.5
    ) -> None:
        """adapters: by the outbox's `kind`; other kinds are left to whoever has theirs.
        pause: seconds between two looks when there was nothing to do."""
        self._database = database
        self._adapters = dict(adapters)
        self._pause = pause

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; then what is being delivered is finished first."""
        while not stop.is_set():
            try:
                claims = await asyncio.to_thread(self._claim)
                await asyncio.gather(*(asyncio.to_thread(self._deliver, claim) for claim in claims))
            except Exception:  # the database may be away for a while
                log.exception("发件箱暂时读不了")
                claims = []
            if not claims:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), self._pause)

    def once(self) -> int:
        """Deliver what is due now, in this thread; returns how many were tried."""
        claims = self._claim()
        for claim in claims:
            self._deliver(claim)
        return len(claims)

    def _claim(self) -> list[_Claim]:
        now = datetime.now(UTC)
        with self._database.read() as session:
            if session.scalars(self._due(now)).first() is None:
                return []
        with self._database.begin() as session:
            rows = session.scalars(self._due(now).with_for_update(skip_locked=True)).all()
            lease = now + LEASE
            for row in rows:
                row.due = lease
            return [_Claim(r.id, r.kind, r.payload, r.attempts + 1, lease) for r in rows]

    def _due(self, now: datetime) -> Select[Outgoing]:
        return (
            select(Outgoing)
            .where(
                Outgoing.state == "waiting",
                Outgoing.due <= now,
                Outgoing.kind.in_(self._adapters),
            )
            .order_by(Outgoing.due, Outgoing.id)
            .limit(_AT_ONCE)
        )

    def _deliver(self, claim: _Claim) -> None:
        try:
            outcome = self._adapters[claim.kind](claim.payload)
        except Exception as error:  # whatever the adapter ran into, the message stays
            outcome = Retry(f"{type(error).__name__}: {error}")
        if isinstance(outcome, Retry) and claim.attempts >= TRIES and not outcome.patient:
            outcome = GiveUp(outcome.reason)
        deliveries_total.labels(claim.kind, type(outcome).__name__.lower()).inc()
        if isinstance(outcome, Retry | GiveUp):
            log.warning("发送 %s 第 %d 次没成：%s", claim.id, claim.attempts, outcome.reason)
        self._note(claim, outcome)

    def _note(self, claim: _Claim, outcome: Outcome) -> None:
        now, attempts = datetime.now(UTC), claim.attempts
        match outcome:
            case Sent():
                change: dict[str, Any] = {"state": "sent", "error": ""}
            case GiveUp(reason):
                change = {"state": "failed", "error": reason[:500]}
            case NotYet(reason, wait):
                attempts -= 1
                change = {"error": reason[:500], "due": now + timedelta(seconds=wait)}
            case Retry(reason, after):
                wait = max(wait_before(attempts + 1), after or 0.0)
                change = {"error": reason[:500], "due": now + timedelta(seconds=wait)}
        # Where ours took longer than the lease, whoever has it now decides.
        ours = (
            Outgoing.id == claim.id, Outgoing.state == "waiting", Outgoing.due == claim.lease
        )  # fmt: skip
        query = update(Outgoing).where(*ours).values(attempts=attempts, **change)
        with self._database.begin() as session:
            session.execute(query, execution_options={"synchronize_session": False})


def wait_before(attempt: int) -> float:
    """Seconds before the n-th attempt.

    >>> [wait_before(n) for n in (2, 3, 4, 20)]
    [5.0, 10.0, 20.0, 3600.0]
    """
    return min(FIRST_WAIT * 2.0 ** (attempt - 2), LONGEST_WAIT)
