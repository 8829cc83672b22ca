"""The outbox's `notice`: tells one resident all they wait for, by whatever reaches them first."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.followup.outcome import NotYet, Outcome, Retry, Sent
from bot.notices.profile import NoticeRules
from bot.notices.said import Rung, Said, compose
from bot.storage.database import Database
from bot.storage.tables import Notice, Ticket
from bot.tickets.callback import tell_in_person
from bot.tickets.events import SYSTEM
from bot.tickets.find import locked
from bot.tickets.house import house
from bot.tickets.told import told

LEASE = timedelta(minutes=2)
"""How long a telling is left to whoever began it; then they were killed, and another tries."""
TRIES = 4
"""On one rung, before the next is taken: 5, 10, 20 s apart; somebody is waiting."""


class Tell:
    """Blocking; any number may run. One resident is told by one of them at a time."""

    def __init__(self, database: Database, rules: NoticeRules, rungs: tuple[Rung, ...]) -> None:
        self._database = database
        self._rules = rules
        self._rungs = rungs

    def __call__(self, payload: dict[str, str]) -> Outcome:
        who = payload["who"]
        taken = self._take(who)
        if isinstance(taken, Sent | NotYet):
            return taken
        ids, said, start = taken
        names = [rung.name for rung in self._rungs]
        for rung in self._rungs[names.index(start) if start in names else 0 :]:
            if not rung.reaches(said):
                continue
            self._try(ids, rung.name)
            try:
                outcome = rung.tell(said)
            except Exception as error:  # a way that breaks is one that did not reach them
                outcome = Retry(f"{type(error).__name__}: {error}")
            if (waiting := self._note(ids, rung.name, outcome)) is not None:
                return waiting
        self._end(ids, said)
        return Sent()

    def _take(self, who: str) -> tuple[list[int], Said, str] | Sent | NotYet:
        now = datetime.now(UTC)
        with self._database.begin() as session:
            query = (
                select(Notice)
                .where(Notice.who == who, Notice.state.in_(("waiting", "telling")))
                .order_by(Notice.id)
                .with_for_update()
            )
            rows = list(session.scalars(query))
            if not rows:
                return Sent()  # told already, together with another
            busy = [row.busy_until for row in rows if row.busy_until and row.busy_until > now]
            if busy:
                return NotYet("正在告诉", (max(busy) - now).total_seconds())
            if wait := self._quiet(session, rows):
                return NotYet("休息时间不打扰", wait)
            about = house(session)
            for row in rows:
                row.state, row.busy_until = "telling", now + LEASE
            said = compose(session, rows, lambda kind, code: about.wording.label(kind, code))
            return [row.id for row in rows], said, rows[0].rung

    def _quiet(self, session: Session, rows: list[Notice]) -> float:
        about = house(session)
        tickets = select(Ticket.urgency).where(Ticket.id.in_([row.ticket_id for row in rows]))
        if "emergency" in set(session.scalars(tickets)):
            return 0.0
        zone = ZoneInfo(about.community.profile.timezone)
        return self._rules.quiet(about.clock().astimezone(zone))

    def _try(self, ids: list[int], rung: str) -> None:
        """Committed before it is tried: after a crash it goes on here, not from the first rung."""
        with self._database.begin() as session:
            for row in _rows(session, ids):
                row.tries = row.tries + 1 if row.rung == rung else 1
                row.rung = rung

    def _note(self, ids: list[int], rung: str, outcome: Outcome) -> Outcome | None:
        """Write down what came of it, at every ticket it was about; None: on to the next rung."""
        if isinstance(outcome, NotYet):
            # Somebody else is at it, and notes what comes of it.
            with self._database.begin() as session:
                for row in _rows(session, ids):
                    if row.state == "telling":
                        row.state, row.busy_until, row.tries = "waiting", None, row.tries - 1
            return outcome
        reached = isinstance(outcome, Sent)
        reason = "" if isinstance(outcome, Sent) else outcome.reason[:200]
        with self._database.begin() as session:
            rows = _rows(session, ids)
            again = isinstance(outcome, Retry) and max(row.tries for row in rows) < TRIES
            for row in rows:
                row.busy_until = None if reached or again else datetime.now(UTC) + LEASE
                row.state = "told" if reached else "waiting" if again else "telling"
            for row in {row.ticket_id: row for row in rows}.values():
                told(
                    session, locked(session, row.ticket_id), SYSTEM,
                    about=row.about, way=rung, reached=reached, reason=reason,
                )  # fmt: skip
        if isinstance(outcome, Retry):
            # It is for the ladder to say when enough was tried, not for the outbox.
            return replace(outcome, patient=True) if again else None
        return outcome if reached else None

    def _end(self, ids: list[int], said: Said) -> None:
        """Nothing reached them: a person does, where it matters; else they hear when they ask."""
        with self._database.begin() as session:
            rows = _rows(session, ids)
            for row in rows:
                row.state, row.busy_until = "desk", None
            if said.must:
                ticket = locked(session, session.get_one(Ticket, rows[-1].ticket_id))
                tell_in_person(session, ticket, rows[-1].about)


def _rows(session: Session, ids: list[int]) -> list[Notice]:
    query = select(Notice).where(Notice.id.in_(ids)).order_by(Notice.id).with_for_update()
    return list(session.scalars(query))
