"""The ladder's call: handed to whichever process has a telephone, by a row in the database."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.followup.outcome import GiveUp, NotYet, Outcome, Sent
from bot.notices.profile import Calls
from bot.notices.said import Said
from bot.storage.database import Database
from bot.storage.tables import OutgoingCall
from bot.tickets.house import house

LOOK = 20.0
"""Seconds until it is looked at again how a call went."""
PATIENCE = timedelta(hours=2)
"""How long a call that is due may wait for a telephone; then the next way is taken."""


class PhoneQueue:
    """Implements `bot.notices.ways.Caller`. One call at a time for one resident."""

    def __init__(self, database: Database, calls: Calls) -> None:
        self._database = database
        self._calls = calls

    def call(self, said: Said) -> Outcome:
        with self._database.begin() as session:
            now = house(session).clock()
            row = _latest(session, said.who)
            if row is None or (row.state in ("reached", "failed") and row.last < said.last):
                session.add(self._new(session, said, now))
                return NotYet("等着打电话", LOOK)
            if row.state == "waiting":
                row.last = max(row.last, said.last)
                late = now - row.due
                if late < PATIENCE:
                    return NotYet("等着打电话", max(LOOK, -late.total_seconds()))
                row.state, row.result = "failed", "nobody_dialled"
            elif row.state in ("dialling", "talking"):
                if row.busy_until is None or row.busy_until > datetime.now(UTC):
                    return NotYet("正在打电话", LOOK)
                # Killed in the middle: it may have reached them, so they are not called again.
                row.state, row.result = "failed", "interrupted"
            if row.state == "reached":
                return Sent()
            return GiveUp(house(session).wording.label("call_result", row.result))

    def _new(self, session: Session, said: Said, now: datetime) -> OutgoingCall:
        zone = ZoneInfo(house(session).community.profile.timezone)
        wait = self._calls.wait(now.astimezone(zone))
        return OutgoingCall(
            who=said.who,
            last=said.last,
            phone=said.phone,
            due=now + timedelta(seconds=wait),
            created=now,
        )


def _latest(session: Session, who: str) -> OutgoingCall | None:
    query = select(OutgoingCall).where(OutgoingCall.who == who).order_by(OutgoingCall.id.desc())
    return session.scalars(query.limit(1).with_for_update()).first()
