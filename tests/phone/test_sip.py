"""What only the embedded SIP gateway does, against SIPp and a softphone: codecs, REFER, refusal."""

import asyncio
import os
import socket
from pathlib import Path

import pytest

from tests.phone.gateway import Gateway, run, until
from tests.simulators.sipp import Sipp
from tests.simulators.softphone import Softphone
from tests.support.service import free_port

pytestmark = pytest.mark.system


@pytest.mark.parametrize("codec", ["pcma", "pcmu"])
def test_sipp_is_answered_in_both_codecs_whatever_number_it_dials(folder: Path, codec: str) -> None:
    async def scenario() -> None:
        async with Gateway() as gateway:
            sipp = Sipp(
                f"caller_{codec}", free_port(socket.SOCK_DGRAM), "-s", "12345", "-m", "1",
                f"127.0.0.1:{gateway.port}", media=free_port(socket.SOCK_DGRAM), folder=folder,
            )  # fmt: skip
            await sipp.start()
            assert await sipp.finished()
            await until(lambda: [turn["kind"] for turn in gateway.turns][-1:] == ["ended"])
            assert gateway.turns[0] | {"call": ""} == {
                "kind": "opened", "key": "", "caller": "13800001", "call": "",
            }  # fmt: skip

    run(scenario())


def test_sipp_presses_keys_by_rfc_4733_and_the_service_hangs_up(folder: Path) -> None:
    """Not through Asterisk: SIPp sends keys from another port than its sound, which strict RTP
    takes for somebody else's."""

    async def scenario() -> None:
        async with Gateway() as gateway:
            sipp = Sipp(
                "caller_rtpevent", free_port(socket.SOCK_DGRAM), "-m", "1",
                f"127.0.0.1:{gateway.port}", media=free_port(socket.SOCK_DGRAM), folder=folder,
            )  # fmt: skip
            await sipp.start()
            assert await sipp.finished()
            assert gateway.keys == ["5", "#"]

    run(scenario())


def test_zero_reaches_a_person_who_picks_up(folder: Path) -> None:
    async def scenario() -> None:
        calls = Gateway()
        agent = await Sipp("agent", calls.agent, "-m", "1", folder=folder).start()
        try:
            async with calls as gateway, Softphone() as phone:
                await phone.dial(gateway.uri)
                await phone.listen()
                await phone.press("0")
                await phone.wait_closed()
                state = await phone.state()
                assert state["connected"]
                assert state["transferred"] == f"sip:agent@127.0.0.1:{gateway.agent}"
                await phone.hang_up()
                assert await agent.finished()
                assert [turn["kind"] for turn in gateway.turns] == [
                    "opened", "key", "connected", "ended",
                ]  # fmt: skip
        finally:
            await agent.stop()

    run(scenario())


def test_when_nobody_answers_the_caller_comes_back_after_twenty_seconds(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not os.environ.get("LINSHENG_SLOW"):
        monkeypatch.setenv("PERSON_RINGS", "3")

    async def scenario() -> None:
        rings = float(os.environ.get("PERSON_RINGS", 20))
        async with Gateway() as gateway, Softphone() as phone:
            agent = Sipp("agent_away", gateway.agent, "-m", "1", folder=folder)
            await agent.start()
            try:
                await phone.dial(gateway.uri)
                await phone.listen()
                await phone.press("0")
                begun = asyncio.get_running_loop().time()
                await until(lambda: gateway.kinds[-1] == "no_person", rings + 15)
                waited = asyncio.get_running_loop().time() - begun
                assert rings < waited < rings + 12
                assert (await phone.listen(quiet=3)).seconds > 1.5
                assert not (await phone.state())["closed"]
                # The conversation goes on.
                await phone.press("5")
                await until(lambda: gateway.keys[-1] == "5")
            finally:
                await agent.stop()

    run(scenario())


def test_an_address_that_is_not_allowed_is_refused(folder: Path) -> None:
    async def scenario() -> None:
        async with Gateway(allow="10.9.8.7") as gateway:
            sipp = Sipp(
                "stranger", free_port(socket.SOCK_DGRAM), "-m", "1", f"127.0.0.1:{gateway.port}",
                media=free_port(socket.SOCK_DGRAM), folder=folder,
            )  # fmt: skip
            await sipp.start()
            assert await sipp.finished()
            assert gateway.turns == []
            refusal = next(line for line in gateway.log if "SIP_ALLOW" in line)
            assert "138***01" in refusal

    run(scenario())


def test_a_port_in_use_is_one_clear_line() -> None:
    async def scenario() -> None:
        async with Gateway() as first:
            second = Gateway()
            second.settings["sip_bind"] = f"127.0.0.1:{first.port}"
            async with second:
                await second.process.wait()
            assert "LINSHENG_SIP_BIND" in second.turns[0]["failure"]
            assert not any("Traceback" in line for line in second.log)

    run(scenario())


def test_a_telephone_that_dies_ends_in_a_draft_too() -> None:
    """No BYE comes: the silence of its packets ends the call (30 s in the gateway)."""
    if not os.environ.get("LINSHENG_SLOW"):
        pytest.skip("takes 35 s; set LINSHENG_SLOW=1")

    async def scenario() -> None:
        async with Gateway() as gateway, Softphone() as phone:
            await phone.dial(gateway.uri)
            await phone.listen()
            phone.drop()
            await until(lambda: gateway.turns[-1]["kind"] == "ended", 40)

    run(scenario())
