"""Who is spoken with, and what becomes of the others."""

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest

from bot.channels.calls.limits import CallLimits, read_limits
from bot.channels.calls.message import MessageSession
from bot.channels.calls.reception import Reception, Session
from bot.channels.calls.session import CallSession
from bot.channels.calls.strain import Strain
from bot.failure import Failure
from bot.services import Services
from flows.profile import Profile
from tests.phone.fakes import (
    FakeLine,
    FakeRecogniser,
    FakeRecordings,
    FakeVoice,
    ScriptedDialogue,
    reply,
)
from tests.phone.gateway import until


class Desk:
    """A reception whose clock and strain are ours."""

    def __init__(self, **limits: int) -> None:
        self.now = 0.0
        self.strain = Strain(lambda: self.now)
        self.recordings, self.voice = FakeRecordings(), FakeVoice()
        self.dialogue = ScriptedDialogue([reply("有人会给您回电话")])
        services = SimpleNamespace(
            settings=SimpleNamespace(human_extension=""),
            community=SimpleNamespace(profile=SimpleNamespace(name="和睦社区", hotline="")),
            wording=SimpleNamespace(speech=lambda prompts: tuple(f"<{p.key}>" for p in prompts)),
            recordings=self.recordings,
            dialogue=self.dialogue,
            recogniser=FakeRecogniser(),
            second=None,
            synthesiser=self.voice,
        )
        self.reception = Reception(
            cast(Services, services), CallLimits(**limits), self.strain, lambda: self.now
        )

    def call(self, number: str = "", answered: bool = True) -> tuple[Session, str]:
        session = self.reception.receive(FakeLine(number))
        session.answered = answered
        return session, _kind(session)


def _kind(session: Session) -> str:
    if isinstance(session, CallSession):
        return "talk"
    return session._why if session._keep else f"sorry {session._why}"


def test_beyond_the_limit_callers_leave_a_message_and_then_are_asked_to_call_again() -> None:
    desk = Desk(calls=2, messages=1)
    assert [desk.call()[1] for _ in range(4)] == ["talk", "talk", "call.busy", "sorry call.full"]


def test_who_hangs_up_makes_room() -> None:
    desk = Desk(calls=1)
    first, _ = desk.call()
    assert desk.call()[1] == "call.busy"
    desk.reception.over(first)
    assert desk.call()[1] == "talk"


def test_calls_that_were_never_completed_take_no_place_for_long() -> None:
    desk = Desk(calls=100)
    for _ in range(100):
        desk.call(answered=False)
    assert desk.call()[1] == "call.busy"
    desk.now += 3
    assert desk.call()[1] == "talk"


@pytest.mark.parametrize("sign", ["behind", "deaf"])
def test_a_machine_that_does_not_keep_up_takes_messages_until_it_does(sign: str) -> None:
    desk = Desk()
    desk.strain.behind(0.5)
    assert desk.call()[1] == "talk"
    if sign == "behind":
        desk.strain.behind(1.5)
    else:
        desk.strain.deaf()
    assert desk.call()[1] == "call.busy"
    assert not desk.reception.has_room()
    desk.now += 6
    assert desk.call()[1] == "talk"
    assert desk.reception.has_room()


def test_a_blocked_event_loop_is_strain() -> None:
    import time

    strain = Strain()

    async def blocked() -> None:
        watching = asyncio.ensure_future(strain.watch_loop())
        await asyncio.sleep(0.05)
        time.sleep(0.6)  # noqa: ASYNC251 - that is what is measured
        await asyncio.sleep(0.05)
        watching.cancel()

    asyncio.run(blocked())
    assert strain.too_much


def test_one_number_may_not_call_all_the_time() -> None:
    desk = Desk(calls_per_number=2, calls=100)
    kinds = [desk.call("13800138000")[1] for _ in range(5)]
    assert kinds == ["talk", "talk", "call.often", "call.often", "sorry call.enough"]
    assert desk.call("13900139000")[1] == "talk"
    assert desk.call("")[1] == "talk"
    desk.now += 3601
    assert desk.call("13800138000")[1] == "talk"


def test_a_message_is_recorded_promised_and_left_for_later() -> None:
    desk = Desk(calls=1)

    async def call() -> None:
        desk.call()
        line = FakeLine()
        session = desk.reception.receive(line)
        assert isinstance(session, MessageSession)
        running = asyncio.ensure_future(session.run())
        await until(lambda: "<call.message>" in desk.voice.spoken)
        line.speak(4.0)
        await asyncio.sleep(1.0)
        line.press("#")
        await asyncio.wait_for(running, 10)
        assert line.hung_up

    asyncio.run(call())
    assert desk.voice.spoken == ["<call.busy>", "<call.message>", "<call.noted>"]
    assert desk.dialogue.kinds == ["no_person"]
    (tape,) = desk.recordings.tapes
    assert tape.left
    assert len(tape.data) > 8000


def test_who_hangs_up_in_the_middle_of_it_is_kept_all_the_same() -> None:
    desk = Desk(calls=1)

    async def call() -> None:
        desk.call()
        line = FakeLine("")
        running = asyncio.ensure_future(desk.reception.receive(line).run())
        await until(lambda: desk.dialogue.turns)
        line.close()
        await asyncio.wait_for(running, 10)

    asyncio.run(call())
    assert desk.recordings.tapes[0].left


def test_a_mistake_in_the_limits_is_one_line() -> None:
    with pytest.raises(Failure, match="limits 的“calls”有误"):
        read_limits(Profile(name="和睦社区", limits={"calls": 0}))
    assert read_limits(Profile(name="和睦社区", limits={"calls": 3})).calls == 3
