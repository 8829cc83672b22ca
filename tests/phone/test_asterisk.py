"""What only calls through Asterisk do, with a real one in between: hand-over in a bridge, outgoing
calls, and what is left when one side is killed."""

import asyncio
from pathlib import Path
from typing import Any, cast

import pytest
from pypinyin import lazy_pinyin
from rapidfuzz import fuzz

from bot.channels.asterisk.gateway import AsteriskGateway
from bot.channels.asterisk.state import look
from bot.channels.line import NotReached, Unreached
from bot.settings import Settings
from tests.phone.fakes import EnergyEndpointer
from tests.phone.gateway import AsteriskGateway as GatewayProcess
from tests.phone.gateway import run, until
from tests.phone.scripted import Script, scripted_services
from tests.simulators.sipp import Sipp
from tests.simulators.softphone import Softphone
from tests.support.asterisk.server import AsteriskServer
from tests.support.service import SHARED, free_port
from voice.codecs import decode, resample
from voice.recognition.vosk import VoskRecogniser
from voice.sound import Sound

VOSK = SHARED / "models" / "vosk-model-small-cn-0.22"
SPOKEN = Path(__file__).parents[1] / "clips" / "problem_only.mp3"
WORDS = "楼道里的灯坏了黑漆漆的"

pytestmark = pytest.mark.system
needs_vosk = pytest.mark.skipif(not VOSK.exists(), reason="needs the Vosk model: make setup")


@pytest.fixture(autouse=True)
def _energy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.calls.ear.Endpointer", EnergyEndpointer)


class Service:
    """The gateway in this very process, over a scripted conversation."""

    def __init__(self, server: AsteriskServer) -> None:
        self.script = Script()
        settings = {name.lower(): value for name, value in server.settings.items()}
        self.gateway = AsteriskGateway(scripted_services(settings, self.script))
        self._server = server
        self._stop = asyncio.Event()

    async def __aenter__(self) -> "Service":
        self._task = asyncio.ensure_future(self.gateway.run(self._stop))
        await until(self._server.is_answered, 20)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        await asyncio.wait_for(self._task, 30)


def person(server: AsteriskServer, folder: Path, scenario: str = "agent", port: int = 0) -> Sipp:
    """Their telephone; it sends back what it hears."""
    return Sipp(
        scenario, port or server.agent, "-m", "1", "-rtp_echo", media=free_port(), folder=folder
    )


def says(sound: Sound) -> float:
    """How much of `SPOKEN` was recognised in it, 0 to 100, by its syllables: a busy machine drops a
    packet now and then. Silence gives 0, another clip less than 60."""
    found = VoskRecogniser(VOSK, streams=1).recognise(sound).text
    return fuzz.partial_ratio(lazy_pinyin(WORDS), lazy_pinyin(found)) if found else 0.0


@pytest.mark.models
@needs_vosk
def test_caller_and_person_hear_each_other(server: AsteriskServer, folder: Path) -> None:
    """The person's telephone echoes: what comes back went through the bridge both ways."""

    async def scenario() -> Sound:
        agent = await person(server, folder).start()
        try:
            async with Service(server) as service, Softphone() as phone:
                await phone.dial(server.uri)
                await until(lambda: service.script.turns)
                await phone.press("0")
                await until(lambda: "connected" in service.script.kinds)
                await phone.play(SPOKEN)
                echo = await phone.listen()
                assert not (await phone.state())["closed"]
                await phone.hang_up()
                assert await agent.finished()
                await until(lambda: not server.left_over())
                return echo
        finally:
            await agent.stop()

    assert says(asyncio.run(asyncio.wait_for(scenario(), 240))) > 70


def test_nobody_picks_up_and_the_caller_is_with_us_again(
    server: AsteriskServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.asterisk.line._RINGING", 2.0)

    async def scenario() -> None:
        agent = await person(server, folder, "agent_rings").start()
        try:
            async with Service(server) as service, Softphone() as phone:
                await phone.dial(server.uri)
                await until(lambda: service.script.turns)
                await phone.press("0")
                assert (await phone.listen(quiet=3)).seconds > 1  # it rings, then we speak again
                assert service.script.kinds == ["opened", "key", "no_person"]
                assert await agent.finished()
                await phone.press("#")
                await phone.wait_closed()
                await until(lambda: not server.left_over())
        finally:
            await agent.stop()

    run(scenario())


def test_who_hangs_up_while_it_rings_stops_the_ringing(
    server: AsteriskServer, folder: Path
) -> None:
    async def scenario() -> None:
        agent = await person(server, folder, "agent_rings").start()
        try:
            async with Service(server) as service, Softphone() as phone:
                await phone.dial(server.uri)
                await until(lambda: service.script.turns)
                await phone.press("0")
                await until(lambda: server.channels().get("PJSIP/8001") == "Ringing")
                await phone.hang_up()
                assert await agent.finished()
                await until(lambda: service.script.kinds[-1:] == ["ended"])
                await until(lambda: not server.left_over())
        finally:
            await agent.stop()

    run(scenario())


@pytest.mark.models
@needs_vosk
def test_a_resident_who_is_called_hears_us_and_is_heard(
    server: AsteriskServer, folder: Path
) -> None:
    async def scenario() -> bytes:
        resident = await person(server, folder, port=server.carrier).start()
        pcm, echo = resample(decode(SPOKEN.read_bytes()), 8000).pcm, b""
        seconds = len(pcm) / 16000
        try:
            async with Service(server) as service:
                line = await service.gateway.dial("13800138000", 10)
                assert line.caller == "13800138000"
                await line.answer()
                loop = asyncio.get_running_loop()
                until_when = loop.time() + 3 * seconds + 10
                while len(echo) < (seconds + 2) * 16000 and loop.time() < until_when:
                    pcm = pcm[line.write(pcm) :]
                    assert line.buffered() <= 1.0
                    echo += line.read()
                    await asyncio.sleep(0.02)
                await line.hangup()
                assert await resident.finished()
                await until(lambda: not server.left_over())
                return echo
        finally:
            await resident.stop()

    echo = asyncio.run(asyncio.wait_for(scenario(), 240))
    assert says(Sound(echo, 8000)) > 70


@pytest.mark.parametrize(
    ("number", "scenario", "why"),
    [
        ("13800138000", "agent_busy", Unreached.BUSY),
        ("13800138000", "agent_rings", Unreached.NO_ANSWER),
        ("12", "", Unreached.FAILED),  # the dialplan knows no such number
        ("138;rm", "", Unreached.FAILED),
    ],
)
def test_an_outgoing_call_that_nobody_takes_says_why(
    server: AsteriskServer, folder: Path, number: str, scenario: str, why: Unreached
) -> None:
    async def call() -> None:
        resident = person(server, folder, scenario, server.carrier)
        if scenario:
            await resident.start()
        try:
            async with Service(server) as service:
                with pytest.raises(NotReached) as missed:
                    await service.gateway.dial(number, 2)
                assert missed.value.why is why
                await until(lambda: not server.left_over())
        finally:
            await resident.stop()

    run(call())


def test_asterisk_is_killed_under_calls_and_comes_back(server: AsteriskServer) -> None:
    async def scenario() -> None:
        async with Service(server) as service:
            async with Softphone() as one, Softphone("13700137000") as two:
                for phone in (one, two):
                    await phone.dial(server.uri)
                await until(lambda: len(service.script.turns) == 2)
                server.kill()
                # Both end as calls that were cut: what was said is kept.
                await until(lambda: service.script.kinds.count("ended") == 2)
                server.spawn()
            await until(server.is_answered, 30)
            async with Softphone() as again:
                await again.dial(server.uri)
                assert (await again.listen()).seconds > 1
                await again.press("#")
                await again.wait_closed()
            assert service.script.kinds.count("opened") == 3

    run(scenario())


def test_a_connection_that_is_made_anew_disturbs_nobody(server: AsteriskServer) -> None:
    async def scenario() -> None:
        async with Service(server) as service, Softphone() as phone:
            await phone.dial(server.uri)
            await until(lambda: service.script.turns)
            before = server.channels()
            await service.gateway._take_stock()
            assert server.channels() == before
            await phone.press("#")
            await phone.wait_closed()
            assert service.script.kinds == ["opened", "key"]

    run(scenario())


def test_linsheng_is_killed_under_calls_and_speaks_again(
    server: AsteriskServer, folder: Path
) -> None:
    """Who was talking to us is talked to again; who talks to a person notices nothing."""

    async def scenario() -> None:
        agent = await person(server, folder).start()
        try:
            async with Softphone() as phone, Softphone("13700137000") as served:
                async with GatewayProcess(server) as first:
                    await served.dial(server.uri)
                    await until(lambda: first.turns)
                    await served.press("0")
                    await until(lambda: "connected" in first.kinds)
                    await phone.dial(server.uri)
                    await until(lambda: first.kinds[-1] == "opened")
                    first.process.kill()
                async with GatewayProcess(server) as second:
                    await until(lambda: second.turns)
                    assert second.turns[0]["caller"] == "13800138000"
                    assert (await phone.listen()).seconds > 1
                    await phone.press("#")
                    await phone.wait_closed()
                    assert not (await served.state())["closed"]
                    assert second.kinds == ["opened", "key"]
                    await served.hang_up()
                    assert await agent.finished()
                    await until(lambda: not server.left_over())
                assert not any("Traceback" in line for line in first.log + second.log)
        finally:
            await agent.stop()

    run(scenario())


def test_what_is_wrong_with_the_connection_is_one_clear_line_and_mends_itself(
    server: AsteriskServer, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        stop = asyncio.Event()
        wrong = {"asterisk_ari_password": "wrong"}
        nowhere = {"asterisk_ari_url": f"http://127.0.0.1:{free_port()}"}
        said = []
        for other in (wrong, nowhere):
            settings = {name.lower(): value for name, value in server.settings.items()} | other
            gateway = AsteriskGateway(scripted_services(settings, Script()))
            stop.clear()
            task = asyncio.ensure_future(gateway.run(stop))
            await until(lambda: "会一直重试" in caplog.text, 30)
            said.append(caplog.text)
            caplog.clear()
            stop.set()
            await task
        server.kill()
        service = Service(server)
        task = asyncio.ensure_future(service.gateway.run(stop := asyncio.Event()))
        server.spawn()
        await until(server.is_answered, 60)
        stop.set()
        await task
        assert "不认这个用户名或密码" in said[0]
        assert "连不上 Asterisk" in said[1]
        assert "Traceback" not in caplog.text + "".join(said)

    run(scenario())


def test_doctor_and_readyz_know_whether_calls_are_answered(server: AsteriskServer) -> None:
    def seen(**other: Any) -> tuple[bool, bool, str]:
        chosen = {name.lower(): value for name, value in server.settings.items()} | other
        state = look(Settings(**cast(Any, chosen)))
        return state.reachable, state.answered, state.sentence

    async def scenario() -> None:
        async with Service(server):
            assert (await asyncio.to_thread(seen))[:2] == (True, True)

    run(scenario())
    assert seen()[:2] == (True, False)
    assert "密码" in seen(asterisk_ari_password="wrong")[2]
    assert "连不上" in seen(asterisk_ari_url=f"http://127.0.0.1:{free_port()}")[2]
