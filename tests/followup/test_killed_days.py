"""Kill -9 at random moments of scripted days: no ticket, notice or timer is lost, none is twice.

`LINSHENG_KILLS=200 pytest tests/followup/test_killed_days.py -s` is the long run.
"""

import os
import random
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import select

from bot.storage.tables import FollowUp, Notice, Outgoing, Ticket, TicketEvent, TurnRow
from tests.followup.day import FATES, FileClock, World, live, profile
from tests.support.killed import Doomed
from tests.support.services import make_services

KILLS = int(os.environ.get("LINSHENG_KILLS", "12"))
PER_SECOND = 0.6
"""Simulated days in a second of life."""
STEP = 0.05
AT_ONCE = 0.25
"""Days at most between two looks of everybody at their ticket."""


class Days:
    """They pass only while somebody lives, and no faster than all residents keep up, however short
    the lives and busy the machine: silence must be theirs, not the script's."""

    def __init__(self, clock: FileClock) -> None:
        self.clock, self.passed, self._most = clock, 0.0, AT_ONCE
        clock.set(0.0)

    def pass_for(self, seconds: float, doomed: Doomed) -> bool:
        """Whether nothing is left to happen."""
        until = time.monotonic() + seconds
        done = False
        while time.monotonic() < until and not done:
            time.sleep(STEP)
            self.passed = min(self.passed + STEP * PER_SECOND, self._most)
            self.clock.set(self.passed)
            while True:
                try:
                    told = doomed.next(0)
                except TimeoutError:
                    break
                done = done or told == "done"
                if told == "round":
                    self._most = self.passed + AT_ONCE
        return done


def test_killed_at_random_moments(tmp_path: Path, database_url: str) -> None:
    few = database_url.startswith("postgresql") and "LINSHENG_KILLS" not in os.environ
    kills = KILLS // 3 if few else KILLS
    tickets = max(len(FATES), kills // 4)
    dice = random.Random(7)
    days, world = Days(FileClock(tmp_path / "clock")), World(tmp_path / "world")
    make_services(tmp_path, database_url=database_url).database.close()
    for _ in range(kills):
        doomed = Doomed(live, tmp_path, database_url, tickets)
        # Now and then it does not even come up.
        if dice.random() > 0.05:
            assert doomed.next(600) == "up"
            seconds = dice.choice((dice.uniform(0, 0.1), dice.uniform(0.1, 1.5)))
            days.pass_for(seconds, doomed)
        else:
            time.sleep(dice.uniform(0, 0.5))
        doomed.kill()
    last = Doomed(live, tmp_path, database_url, tickets)
    assert last.next(600) == "up"
    done = days.pass_for(1200, last)
    last.kill()
    assert done, f"the days do not come to an end: {_left(tmp_path, database_url)}"
    _check(tmp_path, database_url, tickets, world, f"{kills} kills, {days.passed:.0f} days")


def _left(home: Path, url: str) -> list[tuple[object, ...]]:
    """What still waits."""
    with make_services(home, database_url=url).database.read() as session:
        waiting = select(Outgoing.kind, Outgoing.attempts, Outgoing.error, Outgoing.due)
        timers = select(FollowUp.phase, FollowUp.stage, FollowUp.due).where(FollowUp.stage != "")
        open_ = select(Ticket.state, Ticket.alert, Ticket.updated).where(Ticket.state != "closed")
        found = (waiting.where(Outgoing.state == "waiting"), timers, open_)
        return [tuple(row) for query in found for row in session.execute(query)]


def _check(home: Path, url: str, tickets: int, world: World, what: str) -> None:
    services = make_services(home, database_url=url, community=profile(home))
    with services.database.read() as session:
        found = list(session.scalars(select(Ticket)))
        assert len(found) == tickets
        turns = Counter(key.split(":")[1] for key in session.scalars(select(TurnRow.key)))
        assert turns["report"] == tickets
        fates = {fate: len(range(n, tickets, len(FATES))) for n, fate in enumerate(FATES)}
        assert turns["answer"] == fates["thanks"] + 2 * fates["again"]
        skipped = 0
        for ticket in found:
            events = list(
                session.scalars(
                    select(TicketEvent)
                    .where(TicketEvent.ticket_id == ticket.id)
                    .order_by(TicketEvent.id)
                )
            )
            kinds = Counter(event.kind for event in events)
            states = [event.data["state"][1] for event in events if event.kind == "state"]
            assert kinds["filed"] == 1
            if ticket.state != "closed":
                assert kinds["escalate"] == 1, "no timer is lost, none goes off twice"
                assert kinds["remind"] <= 1
                assert kinds["overdue"] <= 1
                skipped += 2 - kinds["remind"] - kinds["overdue"]
                continue
            assert states in (
                ["assigned", "resolved", "closed"],
                ["assigned", "resolved", "reopened", "resolved", "closed"],
            )
        closed = Counter(
            session.scalars(
                select(TicketEvent.actor).where(TicketEvent.kind == "state").join(Ticket).where(
                    Ticket.state == "closed"
                )
            )
        )  # fmt: skip
        assert closed["system"] == fates["silent"]
        assert not session.scalars(select(FollowUp).where(FollowUp.stage != "")).all()
        rows = list(session.scalars(select(Notice)))
        assert {row.state for row in rows} <= {"told", "desk"}
        assert set(session.scalars(select(Outgoing.state))) == {"sent"}
        reached = Counter(
            (event.ticket_id, event.data["about"])
            for event in session.scalars(select(TicketEvent).where(TicketEvent.kind == "told"))
            if event.data["reached"]
        )
        again = {t for (t, about), n in reached.items() if n > 1 and about == "resolved"}
        assert len(again) <= fates["again"]
    services.database.close()
    got = world.got()
    keys = Counter(message["key"] for message in got)
    told = len(keys)
    repeated = sum(keys.values()) - told
    # Killed between its arrival and our note of it, a message is sent again, under the same key.
    assert len({(message["key"], message["text"]) for message in got}) == told
    print(
        f"\n{what}: {tickets} tickets, {len(rows)} notices in {told} messages, "
        f"{repeated} sent again under their key, {skipped} reminders left out for a later one"
    )
    assert repeated <= max(2, tickets // 4)
