"""A whole call through a real Asterisk over the real parts: `linsheng serve`, Vosk, Kokoro's
sounds; each side is understood by recognising it."""

import asyncio
import time
from pathlib import Path

import pytest
from pypinyin import lazy_pinyin

from tests.phone.test_whole_call import KOKORO, VOSK, Records, clip, needs, until_turns
from tests.simulators.softphone import Softphone
from tests.support.asterisk.server import AsteriskServer
from tests.support.service import ServiceProcess
from voice.recognition.vosk import VoskRecogniser
from voice.sound import Sound

pytestmark = [pytest.mark.models, pytest.mark.system, needs]


@pytest.mark.skipif(not KOKORO.exists(), reason="needs the Kokoro model: make setup")
def test_a_report_is_understood_and_so_is_the_greeting(
    server: AsteriskServer, tmp_path: Path
) -> None:
    async def call(records: Records) -> Sound:
        async with Softphone("13800138000") as phone:
            await phone.dial(server.uri)
            greeting = await phone.listen(quiet=3)
            await phone.play(clip("report_lamp"))
            # The turn in which it was heard; then the caller is gone before confirming anything.
            await until_turns(records, 2, 90)
            return greeting

    with ServiceProcess(tmp_path / "home", **server.settings) as service:
        until = time.monotonic() + 60
        while not server.is_answered() and time.monotonic() < until:
            time.sleep(0.1)
        records = Records(service)
        greeting = asyncio.run(call(records))
        while not records.tickets() and time.monotonic() < until + 60:
            time.sleep(0.1)
        (draft,) = records.tickets()
        (recording,) = records.recordings()
        assert "Traceback" not in service.last_words(400)
    assert draft.state == "draft"
    assert draft.category == "lighting"
    assert draft.place_id == "hm/3/2"
    assert recording.conversation_id == draft.conversation_id
    heard = VoskRecogniser(VOSK, streams=1).recognise(greeting).text
    # By sound: what a recogniser makes of a name it does not know is only spelt differently.
    assert "she qu" in " ".join(lazy_pinyin(heard)), heard
