"""WeChat's messages in the inbox, and what was answered to each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from bot.channels.wechat.budget import refill
from bot.channels.wechat.message import Message
from bot.channels.wechat.texts import split
from bot.followup.outbox import enqueue
from bot.residents.find import find_or_make_resident
from bot.storage.database import Database
from bot.storage.once import insert_all_once
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


class Finished(NamedTuple):
    message: Message
    answer: str
    push: Sequence[str] = ()


_inbox = Incoming.table()
_DONE = (
    update(_inbox)
    .where(_inbox.c.key == bindparam("which"), _inbox.c.state == "waiting")
    .returning(_inbox.c.key)
)


class Ledger:
    """Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def receive(self, messages: Sequence[Message]) -> list[Entry]:
        """Stores the messages durably, in one commit, unless they are there already; tells what is
        there.

        Raises what the database raises: then none was stored.
        """
        now = _now()
        rows = [
            {"key": message.key, "kind": KIND, "payload": {"message": message.model_dump()},
             "state": "waiting", "created": now}
            for message in sorted(messages, key=lambda each: each.key)
        ]  # fmt: skip
        entries = []
        with self._database.begin() as session:
            new = set(insert_all_once(session, Incoming, "key", rows))
            refill(session, self._database.box, [m for m in messages if m.key in new], now)
            for message in messages:
                if message.key in new:
                    new.remove(message.key)
                    entries.append(Entry(now, False, ""))
                else:
                    entries.append(_entry(session.get_one(Incoming, message.key)))
        return entries

    def finish(self, finished: Sequence[Finished]) -> list[bool]:
        """The messages are answered; what `push` holds goes out as customer-service messages.
        Whether each was waiting.

        Finishing twice changes nothing and pushes nothing twice. The answer is kept in place of
        the message, for the case that WeChat sends it once more; what was said is in the turn.
        """
        done = set()
        with self._database.begin() as session:
            for message, answer, push in sorted(finished, key=lambda each: each.message.key):
                values = {"payload": {"answer": answer}, "state": "done", "error": ""}
                if session.scalar(_DONE, {"which": message.key, **values}):
                    _push(session, message, push)
                    done.add(message.key)
        return [each.message.key in done for each in finished]

    def push(self, message: Message, answer: str) -> None:
        """Finish it with the whole answer as customer-service messages."""
        self.finish([Finished(message, answer, split(answer))])

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
            row.state, row.error = "failed", error
            row.payload = {**row.payload, "answer": answer}
            _push(session, message, split(answer))

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


def _push(session: Session, message: Message, texts: Sequence[str]) -> None:
    for number, text in enumerate(texts):
        payload = {"openid": message.openid, "text": text}
        enqueue(session, f"{message.key}:{number}", ADAPTER, payload)


def _now() -> datetime:
    return datetime.now(UTC)


def _entry(row: Incoming) -> Entry:
    return Entry(row.created, row.state != "waiting", row.payload.get("answer", ""))
