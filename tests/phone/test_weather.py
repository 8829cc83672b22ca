"""Calls in bad weather, over real SIP and RTP: loss, jitter, hold, silence, two calls at once.

Judged by what was stored and by timelines with generous bounds; `make bench-patience` has figures.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from tests.phone.gateway import Gateway, run, until
from tests.phone.test_whole_call import Records, clip, needs, until_turns
from tests.simulators.rtp_phone import RtpPhone
from tests.support.service import ServiceProcess
from voice.codecs import decode

REPORT = decode(clip("report_lamp").read_bytes(), 8000).pcm
pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    service = ServiceProcess(tmp_path_factory.mktemp("weather") / "home", VOICE="espeak")
    try:
        service.start(150)
        yield service
    finally:
        service.stop()


@asynccontextmanager
async def calling(
    service: ServiceProcess, number: str, loss: float = 0.0, jitter: float = 0.0
) -> AsyncIterator[tuple[RtpPhone, Records, int]]:
    """Connected and greeted; with the number of turns taken before."""
    records = Records(service)
    before = len(records.steps())
    async with RtpPhone(number, loss, jitter) as phone:
        await phone.dial("127.0.0.1", service.port)
        await phone.quiet(1.0)
        yield phone, records, before


@needs
@pytest.mark.models
@pytest.mark.parametrize(("loss", "jitter"), [(0.2, 0.0), (0.2, 0.08)])
def test_through_loss_and_jitter_a_report_is_taken_and_keys_work(
    service: ServiceProcess, loss: float, jitter: float
) -> None:
    async def scenario() -> None:
        number = f"1380013{int(jitter * 100):04}"
        async with calling(service, number, loss, jitter) as (phone, records, before):
            ended = await phone.say(REPORT)
            await until_turns(records, before + 2)
            assert records.steps()[before + 1] not in ("ended", "person")
            assert await phone.next_sound(ended + 0.2) > ended
            await phone.press("0")
            await until_turns(records, before + 3)
            assert not phone.closed.is_set()

    run(scenario())


@needs
@pytest.mark.models
def test_a_second_call_of_the_same_number_is_a_conversation_of_its_own(
    service: ServiceProcess,
) -> None:
    async def scenario() -> None:
        async with calling(service, "13800138200") as (first, records, before):
            await first.say(REPORT)
            await until_turns(records, before + 2)
            async with calling(service, "13800138200") as (second, _, _):
                await second.say(REPORT)
                await until_turns(records, before + 4)
                steps = records.steps()[before:]
                assert steps.count("opening") == 2
                assert "resume" not in steps
                assert not first.closed.is_set()

    run(scenario())


def test_what_is_pressed_silences_a_prompt_at_once() -> None:
    async def scenario() -> None:
        async with Gateway() as gateway, RtpPhone("13800138000") as phone:
            await phone.dial("127.0.0.1", gateway.port)
            first = await phone.next_sound(0.0)
            await asyncio.sleep(0.3)
            pressed = await phone.press("9")  # thought about for half a second
            await phone.next_sound(pressed + 0.5)
            before = [at for at, loud in phone.heard if first < at < pressed + 0.5 and loud]
            assert before[-1] - pressed < 0.4

    run(scenario())


def test_hanging_up_at_any_moment_ends_the_conversation() -> None:
    async def scenario() -> None:
        async with Gateway() as gateway:
            for count, after in enumerate((0.0, 0.3, 1.2, 3.0), 1):
                async with RtpPhone("13800138000") as phone:
                    await phone.dial("127.0.0.1", gateway.port)
                    await asyncio.sleep(after)
                for _ in range(300):
                    if gateway.kinds.count("ended") == count:
                        break
                    await asyncio.sleep(0.1)
                assert gateway.kinds.count("ended") == count

    run(scenario())


def test_a_withheld_number_is_served_like_any_other() -> None:
    async def scenario() -> None:
        async with Gateway() as gateway:
            for number in ("anonymous", "unavailable", "Restricted"):
                async with RtpPhone(number) as phone:
                    await phone.dial("127.0.0.1", gateway.port)
                    await phone.quiet()
            assert {turn["caller"] for turn in gateway.turns} == {""}

    run(scenario())


def test_on_hold_nothing_is_asked_and_the_call_goes_on() -> None:
    async def scenario() -> None:
        async with Gateway() as gateway, RtpPhone("13800138000") as phone:
            await phone.dial("127.0.0.1", gateway.port)
            await phone.quiet()
            await phone.hold()
            turns = len(gateway.turns)
            await asyncio.sleep(11)  # longer than any silence is borne
            assert len(gateway.turns) == turns
            await phone.resume()
            await phone.press("5")
            await until(lambda: "5" in gateway.keys, 20)

    run(scenario())
