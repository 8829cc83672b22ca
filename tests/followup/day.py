"""A scripted stretch of days in one process that may be killed at any moment and started again:
residents report, the desk works or does not, residents answer or do not, and whatever should
happen by itself does. What was done already is read from the database, so that a new life goes on
where the last one ended. Time comes from a file, as the outside world's does."""

import json
import os
import random
import struct
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from bot.followup import dispatcher, timers
from bot.followup.outcome import Deliver, Outcome, Retry, Sent
from bot.notices import tell
from bot.notices.profile import NoticeRules
from bot.notices.said import Said
from bot.services import Services
from bot.storage.tables import FollowUp, Notice, Outgoing, Ticket, TurnRow
from bot.tickets import notice
from bot.tickets.change import callback_done, change_state
from bot.tickets.find import locked
from bot.tickets.follow import TIMER
from bot.tickets.notice import NOTICE
from flows.heard import HeardKind
from locales.load import DEMO
from tests.support.services import make_services
from tests.support.talking import follower

BEGIN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
FATES = ("thanks", "silent", "forgotten", "again")
"""What becomes of the tickets, by turns: the resident says yes; says nothing; nobody works on it;
says no, and yes after the second time."""
BETWEEN = timedelta(hours=18)
"""… two reports."""
LEASE = timedelta(seconds=2)
"""Real seconds, in place of the two minutes a claimed message waits for its killed claimer."""


class FileClock:
    """Reads the days since `BEGIN` that the driver wrote."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __call__(self) -> datetime:
        return BEGIN + timedelta(days=struct.unpack("d", self.file.read_bytes())[0])

    def set(self, days: float) -> None:
        handle = os.open(self.file, os.O_WRONLY | os.O_CREAT)
        os.pwrite(handle, struct.pack("d", days), 0)
        os.close(handle)


class World:
    """A way of telling that reaches everybody, now and then at the second try. It keeps what it
    got in a file, with the keys by which a real gateway tells a repetition."""

    name = "world"

    def __init__(self, file: Path) -> None:
        self.file = file

    def reaches(self, said: Said) -> bool:
        return True

    def tell(self, said: Said) -> Outcome:
        if random.random() < 0.2:
            return Retry("busy")
        line = json.dumps({"key": said.key, "openid": said.openid, "text": said.text})
        with self.file.open("a") as out:
            out.write(line + "\n")
        return Sent()

    def got(self) -> list[dict[str, str]]:
        lines = self.file.read_text().splitlines() if self.file.exists() else []
        return [json.loads(line) for line in lines]


def profile(home: Path) -> Path:
    """The demo community in a hurry: everything within days."""
    file = home / "community.yaml"
    text = DEMO.read_text(encoding="utf-8").replace("default: 13", "default: 1")
    text = text.replace("ask_again_after: 3", "ask_again_after: 1")
    file.write_text(text.replace("close_after: 7", "close_after: 2"), encoding="utf-8")
    return file


def live(tell_parent: Callable[[str], None], home: Path, url: str, tickets: int) -> None:
    """One life, until it is killed. Tells `up`, `round` whenever everybody has had
    their turn, and `done` when nothing is left to happen."""
    dispatcher.LEASE = tell.LEASE = LEASE
    dispatcher.FIRST_WAIT = 0.2
    notice.GATHER = timedelta(seconds=1)
    random.seed()
    clock = FileClock(home / "clock")
    services = make_services(home, clock=clock, database_url=url, community=profile(home))
    rules = NoticeRules(quiet_hours="")
    adapters: dict[str, Deliver] = {
        TIMER: timers.deliver,
        NOTICE: tell.Tell(services.database, rules, (World(home / "world"),)),
    }
    with timers.running(services.database, poll=0.1):
        work = dispatcher.Dispatcher(services.database, adapters)
        threading.Thread(target=_forever, args=(work.once, 0.05), daemon=True).start()
        # Two simulated hours are a fraction of a second: what is later than that was lost.
        grace = timedelta(hours=2)
        catch_up = lambda: timers.catch_up(services.database, grace)  # noqa: E731
        threading.Thread(target=_forever, args=(catch_up, 0.2), daemon=True).start()
        tell_parent("up")
        while True:
            over = [_go_on(services, number) for number in range(tickets)]
            tell_parent("round")
            if all(over) and _nothing_is_left(services):
                tell_parent("done")
            time.sleep(0.05)


def _nothing_is_left(services: Services) -> bool:
    with services.database.read() as session:
        waiting = select(Outgoing.id).where(Outgoing.state == "waiting")
        timer = select(FollowUp.ticket_id).where(FollowUp.stage != "")
        return not session.scalars(waiting).first() and not session.scalars(timer).first()


def _knock(services: Services, ticket_id: str) -> None:
    """What no message can tell any more somebody tells at the door."""
    with services.database.begin() as session:
        states = select(Notice.state).where(Notice.ticket_id == ticket_id)
        if "desk" in set(session.scalars(states)) <= {"told", "desk"}:
            callback_done(session, ticket_id, "小陈")


def _forever(work: Callable[[], object], pause: float) -> None:
    while True:
        work()
        time.sleep(pause)


def _go_on(services: Services, number: int) -> bool:
    """The next thing that happens to this ticket, if it is time; True when its story is over."""
    now = services.dialogue._clock()
    if now < BEGIN + number * BETWEEN:
        return False
    resident = follower(services, f"o{number}")
    fate = FATES[number % len(FATES)]
    with services.database.read() as session:
        keys = set(session.scalars(select(TurnRow.key).where(TurnRow.key.like(f"{number}:%"))))
        said = session.scalars(select(TurnRow).where(TurnRow.key == f"{number}:report")).first()
        ticket = (
            said
            and session.scalars(
                select(Ticket).where(Ticket.conversation_id == said.conversation_id)
            ).first()
        )
    if not ticket:
        resident.says(
            f"{number % 24 + 1}幢{number // 24 % 3 + 1}单元楼道灯坏了", key=f"{number}:report"
        )
        return False
    if ticket.state in ("open", "assigned", "reopened") and fate != "forgotten":
        later = {"open": "assigned", "assigned": "resolved", "reopened": "resolved"}[ticket.state]
        if now - ticket.updated > timedelta(hours=3):
            with services.database.begin() as session:
                if locked(session, ticket.id).state == ticket.state:
                    change_state(session, ticket.id, later, "王师傅")
    elif ticket.state == "resolved" and fate in ("thanks", "again"):
        answers = sum(f"{number}:answer" in key for key in keys)
        if now - ticket.updated > timedelta(hours=3):
            word = "还没好" if fate == "again" and not answers else "好了"
            resident.take(HeardKind.TEXT, word, key=f"{number}:answer:{answers}")
    if ticket.callback == "tell":
        _knock(services, ticket.id)
    return ticket.state == "closed" or (fate == "forgotten" and ticket.alert == "escalated")
