"""DBOS: a timer is a delayed workflow, named after the row of the outbox that asked for it.

DBOS knows when to wake up and that it must finish; what a timer does is one commit of ours that
does nothing the second time. So however often a process is killed, a timer goes off once. DBOS
keeps ids only, no word of anybody.
"""

import asyncio
import contextlib
import logging
import secrets
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from dbos import DBOS, DBOSPortableJSONSerializer, SetEnqueueOptions, SetWorkflowID
from sqlalchemy import make_url, select

from bot.followup.act import act
from bot.followup.outcome import Outcome, Sent
from bot.followup.tidy import tidy
from bot.storage.database import Database
from bot.storage.tables import FollowUp
from bot.tickets.find import TicketMissing
from bot.tickets.follow import timer_key
from bot.tickets.house import House

log = logging.getLogger(__name__)

QUEUE = "timers"
GRACE = timedelta(minutes=2)
"""How late a timer may be before somebody else is asked to do it: its machine was lost."""
AHEAD = timedelta(minutes=5)
"""A timer set this far in the future was set while the clock was wrong."""
KEPT = timedelta(days=30)
"""How long DBOS remembers timers that went off."""
_FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]

_database: Database | None = None


@DBOS.workflow()
def timer(ticket: str, stretch: int, stage: str) -> None:
    while (wait := _act(ticket, stretch, stage)) > 0:
        DBOS.sleep(min(wait, 3600.0))


@DBOS.step(retries_allowed=True, max_attempts=8)
def _act(ticket: str, stretch: int, stage: str) -> float:
    if _database is None:
        raise RuntimeError("a timer outside of `running`")
    try:
        with _database.begin() as session:
            return act(session, ticket, stretch, stage)
    except TicketMissing:
        return 0.0  # erased meanwhile


@contextlib.contextmanager
def running(database: Database, poll: float = 1.0) -> Iterator[None]:
    """DBOS works in this process: one at a time. poll: seconds between two looks at its queue."""
    global _database
    _database = database
    url = make_url(database.engine.url)
    alone = url.get_backend_name() == "sqlite"
    if alone:
        file = f"{url.database}-dbos"
        with contextlib.closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")  # stays with the file
        url = url.set(database=file)
    try:
        DBOS(
            config={
                "name": "linsheng",
                "system_database_url": url.render_as_string(hide_password=False),
                # Timers outlive an upgrade: their one step stays the same.
                "application_version": "1",
                # After a restart DBOS takes up again what this name had begun. Machines that share
                # a server must not take up one another's; `catch_up` does, for those that are lost.
                "executor_id": "local" if alone else secrets.token_hex(8),
                "serializer": DBOSPortableJSONSerializer(),
                "console_log_level": "WARNING",
                "notification_listener_polling_interval_sec": poll,
            }
        )
        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=4, polling_interval_sec=poll)
        yield
    finally:
        DBOS.destroy(workflow_completion_timeout_sec=5)
        _database = None


def deliver(payload: dict[str, Any]) -> Outcome:
    """The outbox's `timer`: from here DBOS has it. The same one again changes nothing."""
    assert _database is not None
    house = _database.info["house"]
    assert isinstance(house, House)
    key = f"timer:{payload['ticket']}:{payload['stretch']}:{payload['stage']}"
    delay = (datetime.fromisoformat(payload["due"]) - house.clock()).total_seconds()
    _enqueue(key, payload["ticket"], payload["stretch"], payload["stage"], delay)
    return Sent()


def _enqueue(key: str, ticket: str, stretch: int, stage: str, delay: float) -> None:
    with SetWorkflowID(key), SetEnqueueOptions(delay_seconds=max(delay, 0.0)):
        DBOS.enqueue_workflow(QUEUE, timer, ticket, stretch, stage)


def catch_up(database: Database, grace: timedelta = GRACE) -> int:
    """See to timers that should have gone off and did not: another machine was lost in the middle,
    DBOS's own tables were, or the clock jumped. Returns how many."""
    _set_right(database)
    house = database.info["house"]
    assert isinstance(house, House)
    with database.read() as session:
        late = select(FollowUp).where(FollowUp.stage != "", FollowUp.due <= house.clock() - grace)
        rows = list(session.scalars(late.order_by(FollowUp.due).limit(1000)))
    for row in rows:
        key = timer_key(row)
        status = DBOS.get_workflow_status(key)
        if status is None:
            _enqueue(key, row.ticket_id, row.stretch, row.stage, 0)
        elif status.status in _FINISHED:
            # It failed, or an older backup of ours was restored: under another name, once an hour.
            again = f"{key}:{house.clock():%Y%m%d%H}"
            _enqueue(again, row.ticket_id, row.stretch, row.stage, 0)
        else:
            DBOS.resume_workflow(key, queue_name=QUEUE)
    return len(rows)


def _set_right(database: Database) -> None:
    """Timers set by a clock that was ahead keep their length, counted from now."""
    house = database.info["house"]
    assert isinstance(house, House)
    now = house.clock()
    with database.read() as session:
        wrong = list(session.scalars(select(FollowUp).where(FollowUp.set_at > now + AHEAD)))
    for found in wrong:
        with database.begin() as session:
            row = session.get_one(FollowUp, found.ticket_id, with_for_update=True)
            off = row.set_at - now
            if off <= AHEAD:
                continue
            row.set_at, row.due, row.since = now, row.due - off, row.since - off
        if row.stage and DBOS.get_workflow_status(timer_key(row)):
            DBOS.set_workflow_delay(
                timer_key(row), delay_seconds=max((row.due - now).total_seconds(), 0.0)
            )


def forget() -> int:
    """Take out of DBOS's tables what went off long ago; returns how many."""
    until = (datetime.now(UTC) - KEPT).isoformat()
    old = DBOS.list_workflows(
        status=_FINISHED, completed_before=until, limit=1000, load_input=False, load_output=False
    )
    if old:
        DBOS.delete_workflows([workflow.workflow_id for workflow in old])
    return len(old)


async def watch(database: Database, stop: asyncio.Event, pause: float = 60.0) -> None:
    """While `running`: look for what is late, every `pause` seconds until `stop` is set."""
    while not stop.is_set():
        try:
            await asyncio.to_thread(catch_up, database)
            await asyncio.to_thread(forget)
            await asyncio.to_thread(tidy, database)
        except Exception:  # the database may be away for a while
            log.exception("跟进的定时暂时查不了")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)
