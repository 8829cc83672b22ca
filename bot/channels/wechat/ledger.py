"""WeChat's messages in the inbox, and what was answered to each."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.channels.wechat.budget import refill
from bot.channels.wechat.message import Message
from bot.channels.wechat.texts import split
from bot.followup.outbox import enqueue
from bot.residents.find import find_or_make_resident
from bot.storage.database import Database
from bot.storage.once import insert_once
from bot.storage.tables import Incoming
from bot.tickets.callback import promise_callback
from bot.tickets.draft import Origin
from bot.tickets.number import free_number
from flows.channel import Channel
from flows.effects import PersonReason
from flows.report import Report

KIND = "wechat"
ADAPTER = "wechat_message"
TRIES = 6
"""Times a message is tried in the background: after 15, 30, 60 … 480 s."""


@dataclass(frozen=True)
class Entry:
    created: datetime
    """When the message first came."""
    is_done: bool
    answer: str
    """What was answered; empty while it is not, and when there was nothing to say."""


@dataclass(frozen=True)
class Overdue:
    message: Message
    attempts: int


class Ledger:
    """Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def receive(self, message: Message) -> Entry:
        """Stores the message durably unless it is there already; tells what is there.

        Raises what the database raises: then the message was not stored.
        """
        now = _now()
        row = {"key": message.key, "kind": KIND, "payload": {"message": message.model_dump()},
               "state": "waiting", "created": now}  # fmt: skip
        with self._database.begin() as session:
            if not insert_once(session, Incoming, "key", row):
                return _entry(session.get_one(Incoming, message.key))
            refill(session, self._database.box.digest(message.openid), message, now)
        return Entry(now, False, "")

    def finish(self, message: Message, answer: str, push: list[str]) -> None:
        """The message is answered; what `push` holds goes out as customer-service messages.

        Finishing twice changes nothing and pushes nothing twice. The answer is kept in place of
        the message, for the case that WeChat sends it once more; what was said is in the turn.
        """
        with self._database.begin() as session:
            row = session.get_one(Incoming, message.key, with_for_update=True)
            if row.state == "waiting":
                _finish(session, row, message, answer, push)

    def push(self, message: Message, answer: str) -> None:
        """Finish it with the whole answer as customer-service messages."""
        self.finish(message, answer, split(answer))

    def give_up(self, message: Message, answer: str, left: Report, error: str) -> None:
        """What no try could take goes to the desk, on top, as a draft to call back about; the
        resident gets `answer`."""
        with self._database.begin() as session:
            row = session.get_one(Incoming, message.key, with_for_update=True)
            if row.state != "waiting":
                return
            now = datetime.now(UTC)
            box = self._database.box
            resident = find_or_make_resident(session, box, Channel.WECHAT, message.openid, now)
            origin = Origin(Channel.WECHAT, message.at or now, resident_id=resident.id)
            number = free_number(session)
            promise_callback(session, number, PersonReason.NOT_UNDERSTOOD, left, origin)
            _finish(session, row, message, answer, split(answer), error)

    def failed_once(self, message: Message, error: str) -> None:
        """A try in the background came to nothing."""
        with self._database.begin() as session:
            row = session.get_one(Incoming, message.key, with_for_update=True)
            row.attempts += 1
            row.error = error[:500]

    def overdue(self, patience: timedelta) -> list[Overdue]:
        """Messages nobody is working on any more, oldest first, when their next try is due."""
        now = datetime.now(UTC)
        waiting = (
            select(Incoming)
            .where(
                Incoming.state == "waiting",
                Incoming.kind == KIND,
                Incoming.created <= now - patience,
            )
            .order_by(Incoming.created)
        )
        with self._database.read() as session:
            return [
                Overdue(Message.model_validate(row.payload["message"]), row.attempts)
                for row in session.scalars(waiting)
                if row.created + patience * 2**row.attempts <= now
            ]


def _finish(
    session: Session, row: Incoming, message: Message, answer: str, push: list[str], error: str = ""
) -> None:
    row.state = "failed" if error else "done"
    row.error = error
    kept = row.payload if error else {}
    row.payload = {**kept, "answer": answer}
    for number, text in enumerate(push):
        payload = {"openid": message.openid, "text": text}
        enqueue(session, f"{message.key}:{number}", ADAPTER, payload)


def _now() -> datetime:
    return datetime.now(UTC)


def _entry(row: Incoming) -> Entry:
    return Entry(row.created, row.state != "waiting", row.payload.get("answer", ""))
