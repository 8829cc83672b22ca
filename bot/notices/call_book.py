"""Which calls are to be made now, and what came of them: the telephone's side of the queue."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.dialogue.known import ticket_view
from bot.notices.profile import Calls
from bot.storage.database import Database
from bot.storage.tables import Notice, OutgoingCall, Resident, Ticket
from bot.tickets.events import SYSTEM
from bot.tickets.find import locked
from bot.tickets.house import house
from bot.tickets.told import told
from flows.heard import News

_RINGING = timedelta(minutes=2)
_TALKING = timedelta(minutes=40)
"""How long a call is left to whoever makes it; then they were killed."""
_FINAL = frozenset({"machine", "no_such_number"})
"""Ends that a further try would not change."""


@dataclass(frozen=True)
class Job:
    """One attempt, claimed: nobody else makes it."""

    id: int
    address: str
    """What is dialled."""
    conversation: str
    news: tuple[News, ...]


class CallBook:
    """Blocking. Any number of processes may share it."""

    def __init__(self, database: Database, calls: Calls) -> None:
        self._database = database
        self._calls = calls

    def claim(self) -> Job | None:
        """The next call that may be made now, committed as begun before anything rings."""
        with self._database.read() as session:
            if session.scalars(_due(house(session).clock())).first() is None:
                return None
        with self._database.begin() as session:
            now = house(session).clock()
            row = session.scalars(_due(now).with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            zone = ZoneInfo(house(session).community.profile.timezone)
            if wait := self._calls.wait(now.astimezone(zone)):
                row.due = now + timedelta(seconds=wait)
                return None
            resident = session.get(Resident, row.who)
            news = _news(session, row)
            if resident is None or resident.told_by != "call" or not news:
                # They changed their mind, or somebody was faster, since it was queued.
                row.state, row.result = "failed", "no_consent" if news else "nothing_to_tell"
                return None
            row.state, row.tries = "dialling", row.tries + 1
            row.busy_until = datetime.now(UTC) + _RINGING
            address = self._calls.address(row.phone)
            return Job(row.id, address, secrets.token_hex(16), news)

    def talking(self, job: Job) -> None:
        """Somebody, or something, took the call."""
        with self._database.begin() as session:
            row = session.get_one(OutgoingCall, job.id, with_for_update=True)
            row.state, row.busy_until = "talking", datetime.now(UTC) + _TALKING

    def reached(self, job: Job) -> None:
        """They heard it. Harmless when said twice."""
        with self._database.begin() as session:
            row = session.get_one(OutgoingCall, job.id, with_for_update=True)
            if row.state == "reached":
                return
            row.state, row.result, row.busy_until = "reached", "", None
            for notice in _note(session, row, True, ""):
                notice.state, notice.busy_until = "told", None

    def missed(self, job: Job, why: str) -> None:
        """It did not reach them: once more later, or never."""
        with self._database.begin() as session:
            row = session.get_one(OutgoingCall, job.id, with_for_update=True)
            if row.state == "reached":
                return
            _note(session, row, False, why)
            row.result, row.busy_until = why, None
            if why in _FINAL or row.tries >= self._calls.tries:
                row.state = "failed"
                return
            row.state = "waiting"
            row.due = house(session).clock() + timedelta(minutes=self._calls.every)


def _due(now: datetime):  # type: ignore[no-untyped-def]
    return (
        select(OutgoingCall)
        .where(OutgoingCall.state == "waiting", OutgoingCall.due <= now)
        .order_by(OutgoingCall.due, OutgoingCall.id)
        .limit(1)
    )


def _waiting(session: Session, row: OutgoingCall) -> list[Notice]:
    query = (
        select(Notice)
        .where(
            Notice.who == row.who,
            Notice.id <= row.last,
            Notice.state.in_(("waiting", "telling")),
        )
        .order_by(Notice.id)
        .with_for_update()
    )
    return list(session.scalars(query))


def _news(session: Session, row: OutgoingCall) -> tuple[News, ...]:
    """The newest of each ticket."""
    latest = {notice.ticket_id: notice for notice in _waiting(session, row)}
    found = []
    for notice in latest.values():
        view = ticket_view(session, session.get_one(Ticket, notice.ticket_id))
        view = view.model_copy(update={"note": notice.note or view.note})
        found.append(News(about=notice.about, ticket=view))
    return tuple(found)


def _note(session: Session, row: OutgoingCall, reached: bool, why: str) -> list[Notice]:
    """In the history of each ticket that it was about."""
    notices = _waiting(session, row)
    label = house(session).wording.label("call_result", why) if why else ""
    for notice in {notice.ticket_id: notice for notice in notices}.values():
        ticket = locked(session, notice.ticket_id)
        told(session, ticket, SYSTEM, about=notice.about, way="call", reached=reached, reason=label)
    return notices
