"""The embedded SIP gateway against SIPp and a softphone: signalling, codecs, keys, transfer,
refusal."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.simulators.sipp import Sipp, need_sipp
from tests.simulators.softphone import ROOT, CallFailed, Softphone
from tests.support.service import free_port

pytestmark = pytest.mark.system


class Gateway:
    """A gateway process and the turns its callers took."""

    def __init__(self, agent: int = 9, allow: str = "127.0.0.1") -> None:
        self.port = free_port(socket.SOCK_DGRAM)
        self.uri = f"sip:hotline@127.0.0.1:{self.port}"
        self.turns: list[dict[str, Any]] = []
        self.log: list[str] = []
        self._arguments = (str(self.port), f"sip:agent@127.0.0.1:{agent}", allow)
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Gateway":
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.phone.gateway_process", *self._arguments,
            cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        self._tasks = [asyncio.ensure_future(self._turns()), asyncio.ensure_future(self._log())]
        await until(lambda: any("电话就绪" in line for line in self.log) or self.turns, 20)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(self.process.wait(), 20)
        await asyncio.gather(*self._tasks)

    @property
    def keys(self) -> list[str]:
        return [turn["key"] for turn in self.turns if turn["kind"] == "key"]

    async def _turns(self) -> None:
        assert self.process.stdout
        async for line in self.process.stdout:
            self.turns.append(json.loads(line))

    async def _log(self) -> None:
        assert self.process.stderr
        async for line in self.process.stderr:
            self.log.append(line.decode())


async def until(true: Callable[[], Any], seconds: float = 10) -> None:
    for _ in range(int(seconds / 0.05)):
        if true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("never happened")


def run(part: Awaitable[None]) -> None:
    async def limited() -> None:
        await asyncio.wait_for(part, 90)

    asyncio.run(limited())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where SIPp runs: with a second of A-law silence to send."""
    need_sipp()
    (tmp_path / "caller.raw").write_bytes(b"\xd5" * 8000)
    return tmp_path


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


@pytest.mark.parametrize("way", ["info", "rtpevent"])
def test_sipp_presses_keys_and_the_service_hangs_up(folder: Path, way: str) -> None:
    async def scenario() -> None:
        async with Gateway() as gateway:
            sipp = Sipp(
                f"caller_{way}", free_port(socket.SOCK_DGRAM), "-m", "1",
                f"127.0.0.1:{gateway.port}", media=free_port(socket.SOCK_DGRAM), folder=folder,
            )  # fmt: skip
            await sipp.start()
            assert await sipp.finished()
            assert gateway.keys == ["5", "#"]

    run(scenario())


@pytest.mark.parametrize(("way", "codec"), [("rtpevent", "pcma"), ("info", "pcmu")])
def test_a_telephone_hears_presses_and_is_hung_up(way: Any, codec: Any) -> None:
    async def scenario() -> None:
        async with Gateway() as gateway, Softphone("+8613912345678", codec, way) as phone:
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


def test_a_key_stops_the_prompt_within_a_moment() -> None:
    async def scenario() -> None:
        async with Gateway() as gateway, Softphone() as phone:
            await phone.dial(gateway.uri)
            await until(lambda: gateway.turns)
            await asyncio.sleep(0.5)
            await phone.press("#")
            await phone.wait_closed()
            # 0.5 s of the first prompt, the goodbye (0.3 s) and the tail, not the prompt's 1.5 s
            assert phone.recording.seconds < 2.2

    run(scenario())


def test_zero_reaches_a_person_who_picks_up(folder: Path) -> None:
    async def scenario() -> None:
        port = free_port(socket.SOCK_DGRAM)
        agent = Sipp("agent", port, "-m", "1", folder=folder)
        await agent.start()
        try:
            async with Gateway(agent=port) as gateway, Softphone() as phone:
                await phone.dial(gateway.uri)
                await phone.listen()
                await phone.press("0")
                await phone.wait_closed()
                state = await phone.state()
                assert state["connected"]
                assert state["transferred"] == f"sip:agent@127.0.0.1:{port}"
                await phone.hang_up()
                assert await agent.finished()
                kinds = [turn["kind"] for turn in gateway.turns]
                assert kinds == ["opened", "key", "connected", "ended"]
        finally:
            await agent.stop()

    run(scenario())


def test_when_the_person_is_busy_the_caller_hears_so_and_stays(folder: Path) -> None:
    async def scenario() -> None:
        port = free_port(socket.SOCK_DGRAM)
        agent = Sipp("agent_busy", port, "-m", "1", folder=folder)
        await agent.start()
        try:
            async with Gateway(agent=port) as gateway, Softphone() as phone:
                await phone.dial(gateway.uri)
                await phone.listen()
                await phone.press("0")
                assert (await phone.listen(quiet=3)).seconds > 1.5
                assert not (await phone.state())["closed"]
                assert [turn["kind"] for turn in gateway.turns] == ["opened", "key", "no_person"]
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
        port = free_port(socket.SOCK_DGRAM)
        agent = Sipp("agent_away", port, "-m", "1", folder=folder)
        await agent.start()
        try:
            async with Gateway(agent=port) as gateway, Softphone() as phone:
                await phone.dial(gateway.uri)
                await phone.listen()
                await phone.press("0")
                begun = asyncio.get_running_loop().time()
                await until(lambda: gateway.turns[-1]["kind"] == "no_person", rings + 15)
                waited = asyncio.get_running_loop().time() - begun
                assert rings < waited < rings + 12
                assert (await phone.listen(quiet=3)).seconds > 1.5
                assert not (await phone.state())["closed"]
                # The conversation goes on, by key and by voice.
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


def test_five_calls_at_once_each_have_their_own_conversation(folder: Path) -> None:
    async def scenario() -> None:
        async with Gateway() as gateway:
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


def test_a_withheld_number_is_no_number() -> None:
    async def scenario() -> None:
        async with Gateway() as gateway, Softphone("anonymous") as phone:
            await phone.dial(gateway.uri)
            await phone.listen()
            assert gateway.turns[0]["caller"] == ""

    run(scenario())


def test_stopping_says_goodbye_to_running_calls_and_takes_no_more() -> None:
    async def scenario() -> None:
        async with Gateway() as gateway, Softphone() as phone, Softphone("13700137000") as late:
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


def test_a_port_in_use_is_one_clear_line() -> None:
    async def scenario() -> None:
        async with Gateway() as first:
            second = Gateway()
            second.port = first.port
            second._arguments = (str(first.port), *second._arguments[1:])
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
