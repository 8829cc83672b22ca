"""More calls than the service may hold, over real SIP: those beyond are recorded and become
tickets, those that are going on stay clean."""

import asyncio
from functools import partial
from pathlib import Path

import pytest

from locales.load import DEMO
from tests.phone.gateway import Gateway, run, until
from tests.phone.test_whole_call import Records, clip, needs
from tests.simulators.plain_phone.exchange import Exchange, Phone
from tests.support.service import ServiceProcess
from voice.codecs import alaw_encode, decode, resample


def test_calls_beyond_the_limit_get_a_sentence_and_the_others_stay_whole() -> None:
    async def scenario() -> None:
        async with (
            Gateway(calls=2, messages=3) as gateway,
            Exchange(gateway.port) as exchange,
        ):
            talking = [await exchange.dial(f"1380013800{n}") for n in range(2)]
            await until(lambda: _count(gateway, "opened") == 2)
            leaving = [await exchange.dial(f"1390013900{n}") for n in range(3)]
            await until(lambda: _count(gateway, "no_person") == 3)
            turned_away = [await exchange.dial(f"1370013700{n}") for n in range(4)]
            for phone in turned_away:
                await asyncio.wait_for(phone.closed.wait(), 20)
                assert _was_spoken_to(phone)
            for phone in (*talking, *leaving):
                await until(partial(_was_spoken_to, phone), 20)
                assert not phone.closed.is_set()
                assert phone.media.quality().lost == 0
            await leaving[0].hang_up()
            await until(lambda: any("over: message" in line for line in gateway.log))
            await exchange.dial("13900139009")
            await until(lambda: _count(gateway, "no_person") == 4)

    run(scenario())


@pytest.mark.models
@needs
def test_a_message_left_in_the_rush_becomes_a_ticket_when_there_is_room(tmp_path: Path) -> None:
    profile = tmp_path / "community.yaml"
    text = DEMO.read_text(encoding="utf-8")
    assert "  calls: 20 " in text
    profile.write_text(text.replace("  calls: 20 ", "  calls: 1 "), encoding="utf-8")
    service = ServiceProcess(tmp_path / "home", VOICE="espeak", COMMUNITY=str(profile))
    report = alaw_encode(resample(decode(clip("report_lamp").read_bytes()), 8000).pcm)

    async def calls() -> None:
        async with Exchange(service.port) as exchange:
            first = await exchange.dial("13800138000")
            await first.listen()
            second = await exchange.dial("13900139000")
            await second.listen(quiet=2.5)
            await second.say(report)
            await second.hang_up()
            (ticket,) = Records(service).tickets()
            assert (ticket.callback, ticket.description) == ("asked", "")
            await asyncio.sleep(4)
            assert Records(service).tickets()[0].description == ""
            await first.hang_up()
        await until(lambda: "灯" in Records(service).tickets()[0].description, 120)

    service.start(120)
    try:
        asyncio.run(calls())
    finally:
        service.close()
    (ticket,) = Records(service).tickets()
    assert (ticket.callback, ticket.category) == ("asked", "lighting")
    assert ticket.phone == "13900139000"
    assert {recording.state for recording in Records(service).recordings()} <= {
        "done",
        "heard_late",
    }


def _count(gateway: Gateway, kind: str) -> int:
    return [turn["kind"] for turn in gateway.turns].count(kind)


def _was_spoken_to(phone: Phone) -> bool:
    return _seconds_of_speech(phone) > 0.5


def _seconds_of_speech(phone: Phone) -> float:
    return sum(packet.loud for packet in phone.media.packets) * 0.02
