"""What every kind of telephone line does: embedded SIP, and a real Asterisk in between."""

import asyncio
import signal
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.phone.gateway import AsteriskGateway, Gateway, run, until
from tests.simulators.sipp import Sipp
from tests.simulators.softphone import CallFailed, Softphone
from tests.support.service import free_port

pytestmark = pytest.mark.system


@pytest.fixture(params=["sip", "asterisk"])
def calls(request: pytest.FixtureRequest) -> Gateway:
    if request.param == "sip":
        return Gateway()
    return AsteriskGateway(request.getfixturevalue("server"))


def test_sipp_presses_keys_by_sip_info_and_the_service_hangs_up(
    calls: Gateway, folder: Path
) -> None:
    async def scenario() -> None:
        async with calls as gateway:
            sipp = Sipp(
                "caller_info", free_port(socket.SOCK_DGRAM), "-m", "1",
                f"127.0.0.1:{gateway.port}", media=free_port(socket.SOCK_DGRAM), folder=folder,
            )  # fmt: skip
            await sipp.start()
            assert await sipp.finished()
            assert gateway.keys == ["5", "#"]

    run(scenario())


@pytest.mark.parametrize(("way", "codec"), [("rtpevent", "pcma"), ("info", "pcmu")])
def test_a_telephone_hears_presses_and_is_hung_up(calls: Gateway, way: Any, codec: Any) -> None:
    async def scenario() -> None:
        async with calls as gateway, Softphone("+8613912345678", codec, way) as phone:
            await phone.dial(gateway.uri)
            heard = await phone.listen()
            assert heard.seconds > 1
            await phone.press("5")
            await phone.listen()
            await phone.press("#")
            await phone.wait_closed()
            assert gateway.keys == ["5", "#"]
            assert gateway.turns[0]["caller"] == "13912345678"
            assert phone.recording.seconds > 3

    run(scenario())


def test_a_key_stops_the_prompt_within_a_moment(calls: Gateway) -> None:
    async def scenario() -> None:
        async with calls as gateway, Softphone() as phone:
            await phone.dial(gateway.uri)
            await until(lambda: gateway.turns)
            await asyncio.sleep(0.5)
            await phone.press("#")
            await phone.wait_closed()
            # 0.5 s of the first prompt, the goodbye (0.3 s) and the tail, not the prompt's 1.5 s
            assert phone.recording.seconds < 2.2

    run(scenario())


def test_when_the_person_is_busy_the_caller_hears_so_and_stays(
    calls: Gateway, folder: Path
) -> None:
    async def scenario() -> None:
        agent = await Sipp("agent_busy", calls.agent, "-m", "1", folder=folder).start()
        try:
            async with calls as gateway, Softphone() as phone:
                await phone.dial(gateway.uri)
                await phone.listen()
                await phone.press("0")
                assert (await phone.listen(quiet=3)).seconds > 1.5
                assert not (await phone.state())["closed"]
                assert [turn["kind"] for turn in gateway.turns] == ["opened", "key", "no_person"]
        finally:
            await agent.stop()

    run(scenario())


def test_five_calls_at_once_each_have_their_own_conversation(calls: Gateway, folder: Path) -> None:
    async def scenario() -> None:
        async with calls as gateway:
            sipp = Sipp(
                "caller_pcma", free_port(socket.SOCK_DGRAM), "-m", "5", "-l", "5", "-r", "5",
                f"127.0.0.1:{gateway.port}", media=31000, folder=folder,
            )  # fmt: skip
            await sipp.start()
            assert await sipp.finished()
            await until(lambda: [t["kind"] for t in gateway.turns].count("ended") == 5)
            assert len({turn["call"] for turn in gateway.turns}) == 5
            assert {turn["caller"] for turn in gateway.turns} == {
                f"1380000{n}" for n in range(1, 6)
            }

    run(scenario())


def test_a_withheld_number_is_no_number(calls: Gateway) -> None:
    async def scenario() -> None:
        async with calls as gateway, Softphone("anonymous") as phone:
            await phone.dial(gateway.uri)
            await phone.listen()
            assert gateway.turns[0]["caller"] == ""

    run(scenario())


def test_stopping_says_goodbye_to_running_calls_and_takes_no_more(calls: Gateway) -> None:
    async def scenario() -> None:
        async with calls as gateway, Softphone() as phone, Softphone("13700137000") as late:
            await phone.dial(gateway.uri)
            await phone.listen()
            gateway.process.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.2)
            with pytest.raises(CallFailed):
                await late.dial(gateway.uri)
            assert (await phone.listen()).seconds > 1
            await phone.wait_closed()
            assert await asyncio.wait_for(gateway.process.wait(), 10) == 0
            assert gateway.turns[-1]["kind"] == "ended"

    run(scenario())
