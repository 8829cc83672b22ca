"""Calls to residents who agreed, over real SIP: a telephone that answers, is busy, is not answered,
or is answered by a machine."""

import array
import asyncio
import json
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from bot.followup.dispatcher import Dispatcher
from bot.notices.phone_queue import PhoneQueue
from bot.notices.profile import read_notices
from bot.notices.tell import Tell
from bot.notices.ways import ladder
from bot.services import Services
from bot.storage.tables import Outgoing, OutgoingCall, Resident, Ticket, TicketEvent
from bot.tickets.change import change_state
from bot.tickets.notice import NOTICE
from flows.heard import HeardKind
from locales.load import DEMO
from tests.simulators.softphone import ROOT, Softphone
from tests.support.service import free_port
from tests.support.services import Clock, make_services
from tests.support.talking import caller
from voice.codecs import decode
from voice.sound import Sound

pytestmark = pytest.mark.system

PHONE = "13800001234"
MORNING = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""Ten o'clock in Shanghai."""
YES = ROOT / "tests" / "clips" / "yes.mp3"
STORY = ROOT / "tests" / "clips" / "report_lamp.mp3"


class House:
    """A community where a lamp was mended, and its reporter agreed to be called."""

    def __init__(self, home: Path, port: int, now: datetime = MORNING) -> None:
        self.home = home
        profile = yaml.safe_load(DEMO.read_text())
        profile["notices"] = {"calls": {"trunk": f"sip:{{number}}@127.0.0.1:{port}", "tries": 2}}
        self.community = home / "community.yaml"
        self.community.write_text(yaml.safe_dump(profile, allow_unicode=True))
        self.clock = Clock(now)
        self.services: Services = make_services(home, clock=self.clock, community=self.community)
        resident = caller(self.services, PHONE)
        call = resident.says("三幢二单元楼道灯坏了").conversation
        for said in ("对", "没有了", "好的可以"):
            answer = resident.says(said, conversation=call)
        resident.take(HeardKind.ENDED, conversation=call)
        assert answer.ticket
        self.number = answer.ticket.number
        with self.services.database.begin() as session:
            change_state(session, self.number, "assigned", "小陈")
            change_state(session, self.number, "resolved", "小陈", "灯泡换好了")
        self.tell()

    def tell(self) -> None:
        """The worker's part: up the ladder, as far as it goes now."""
        rules = read_notices(self.services.community.profile)
        assert rules.calls
        queue = PhoneQueue(self.services.database, rules.calls)
        tell = Tell(self.services.database, rules, ladder(rules, None, queue))
        with self.services.database.begin() as session:
            for row in session.scalars(select(Outgoing).where(Outgoing.state == "waiting")):
                row.due = datetime.now(UTC)
        Dispatcher(self.services.database, {NOTICE: tell}).once()

    def telephone(self, *hears: str) -> "Telephone":
        return Telephone(self, hears)

    @property
    def call(self) -> OutgoingCall:
        with self.services.database.read() as session:
            return session.scalars(select(OutgoingCall).order_by(OutgoingCall.id.desc())).one()

    @property
    def ticket(self) -> Ticket:
        with self.services.database.read() as session:
            return session.scalars(select(Ticket).where(Ticket.number == self.number)).one()

    @property
    def told_by(self) -> str:
        with self.services.database.read() as session:
            return session.scalars(select(Resident)).one().told_by

    def events(self, kind: str) -> list[dict[str, Any]]:
        with self.services.database.read() as session:
            rows = session.scalars(select(TicketEvent).order_by(TicketEvent.id))
            return [row.data for row in rows if row.kind == kind]


def _sip_port() -> int:
    """The library listens on TCP as well, and for TLS on the port after it."""
    while True:
        port = free_port(socket.SOCK_DGRAM)
        try:
            for taken in (port, port + 1):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", taken))
        except OSError:
            continue
        return port


class Telephone:
    """The voice process of that community. hears: what is recognised, in order."""

    def __init__(self, house: House, hears: tuple[str, ...]) -> None:
        self._home = house.home
        self._options = {
            "home": str(house.home),
            "community": str(house.community),
            "now": house.clock.at.isoformat(),
            "sip": f"127.0.0.1:{_sip_port()}",
            "hears": hears,
        }

    async def __aenter__(self) -> "Telephone":
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.phone.outgoing_process", json.dumps(self._options),
            cwd=ROOT, stderr=(self._home / "telephone.log").open("ab"),
        )  # fmt: skip
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(self.process.wait(), 60)

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()


def run(part: Awaitable[None]) -> None:
    async def limited() -> None:
        await asyncio.wait_for(part, 240)

    asyncio.run(limited())


async def until(true: Callable[[], Any], seconds: float = 60) -> None:
    for _ in range(int(seconds / 0.1)):
        if true():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("never happened")


def _story() -> Sound:
    """Nobody begins a call by talking this long."""
    sound = decode(STORY.read_bytes())
    return Sound(sound.pcm * 4, sound.rate)


def test_the_resident_answers_and_closes_the_ticket_by_key(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Softphone(PHONE) as phone:
            house = House(tmp_path, await phone.port())
            assert house.told_by == "call"
            async with house.telephone("喂"):
                await phone.rings()
                assert house.call.state == "dialling"
                await phone.pick_up()
                await phone.play(YES)  # “喂”, as far as the ear is told
                assert (await phone.listen()).seconds > 5
                await phone.press("1")
                await until(lambda: house.ticket.state == "closed")
                await until(lambda: house.call.state == "reached")
            assert house.events("told")[-1]["reached"] is True
            assert house.events("verdict")[-1]["solved"] is True
            house.tell()
            assert house.ticket.callback == ""

    run(scenario())


def test_the_resident_says_no_more_and_is_never_called_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Softphone(PHONE) as phone:
            house = House(tmp_path, await phone.port())
            async with house.telephone("喂", "不要"):
                await phone.rings()
                await phone.pick_up()
                await phone.play(YES)
                await phone.listen()
                await phone.play(YES)
                await phone.wait_closed(40)
                await until(lambda: house.told_by == "no_call")
            proof = house.events("told_by")[-1]
            assert (proof["told_by"], proof["text"]) == ("no_call", "不要")
            assert proof["recording"]
            with house.services.database.begin() as session:
                change_state(session, house.number, "reopened", "小陈")
                change_state(session, house.number, "resolved", "小陈")
            house.tell()
            assert house.ticket.callback == "tell"

    run(scenario())


def test_the_resident_reopens_the_ticket_by_key(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Softphone(PHONE) as phone:
            house = House(tmp_path, await phone.port())
            async with house.telephone():
                await phone.rings()
                await phone.pick_up()  # and says nothing
                await phone.listen()
                await phone.press("2")
                await until(lambda: house.ticket.state == "reopened")

    run(scenario())


def test_a_machine_hears_nothing_private_and_the_next_way_is_taken(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Softphone(PHONE) as phone:
            house = House(tmp_path, await phone.port())
            async with house.telephone():
                await phone.rings()
                await phone.pick_up()
                await phone.play(_story(), wait=False)
                await phone.wait_closed(40)
                await until(lambda: house.call.state == "failed")
            assert house.call.result == "machine"
            samples = array.array("h", phone.recording.pcm)
            assert max(map(abs, samples), default=0) < 100, "it heard us speak"
            house.tell()
            assert house.ticket.callback == "tell"

    run(scenario())


def test_busy_is_tried_again_later_and_then_the_next_way_is_taken(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Softphone(PHONE) as phone:
            house = House(tmp_path, await phone.port())
            for tries, state in ((1, "waiting"), (2, "failed")):

                def missed(expected: tuple[str, int] = (state, tries)) -> bool:
                    return (house.call.state, house.call.tries) == expected

                async with house.telephone():
                    await phone.rings()
                    await phone.decline()
                    await until(missed)
                    assert house.call.result == "busy"
                    house.tell()
                    assert house.ticket.callback == ("" if state == "waiting" else "tell")
                house.clock.at = house.call.due
            assert [told["reached"] for told in house.events("told")][:2] == [False, False]

    run(scenario())


def test_who_hangs_up_in_the_first_words_was_not_reached(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Softphone(PHONE) as phone:
            house = House(tmp_path, await phone.port())
            async with house.telephone("喂"):
                await phone.rings()
                await phone.pick_up()
                await phone.play(YES)
                await asyncio.sleep(1.5)
                await phone.hang_up()
                await until(lambda: house.call.result == "cut")
            assert (house.call.state, house.call.tries) == ("waiting", 1)

    run(scenario())


def test_nobody_is_called_in_rest_hours(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Softphone(PHONE) as phone:
            noon = MORNING.replace(hour=4)
            house = House(tmp_path, await phone.port(), noon)
            assert house.call.due == noon.replace(hour=6, minute=30)
            async with house.telephone():
                with pytest.raises(TimeoutError):
                    await phone.rings(6)
            house.clock.at = house.call.due
            async with house.telephone():
                await phone.rings()

    run(scenario())


def test_killed_while_it_rings_nobody_is_called_twice(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Softphone(PHONE) as phone:
            house = House(tmp_path, await phone.port())
            async with house.telephone() as telephone:
                await phone.rings()
                await telephone.kill()
            assert house.call.state == "dialling"
            with house.services.database.begin() as session:
                session.scalars(select(OutgoingCall)).one().busy_until = datetime.now(UTC)
            async with house.telephone():
                with pytest.raises(TimeoutError):
                    await phone.rings(5)
            house.tell()
            assert (house.call.state, house.call.result) == ("failed", "interrupted")
            assert house.ticket.callback == "tell"

    run(scenario())
