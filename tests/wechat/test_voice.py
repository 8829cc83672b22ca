"""An AMR voice message, heard by the real recogniser."""

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.storage.tables import Recording, Ticket
from tests.simulators.wechat import WeChatSimulator
from tests.support.services import make_services
from tests.wechat.running import Background, running
from tests.wechat.wire import configured
from voice.recognition.vosk import VoskRecogniser
from voice.sound import Sound

ROOT = Path(__file__).resolve().parents[2]
CLIP = ROOT / "tests" / "clips" / "wechat_voice.amr"
MODEL = ROOT / ".linsheng" / "models" / "vosk-model-small-cn-0.22"


@pytest.mark.models
def test_a_voice_report_is_a_ticket(sim: WeChatSimulator, tmp_path: Path) -> None:
    recogniser = VoskRecogniser(MODEL, streams=1)
    recogniser.recognise(Sound(bytes(16000), 8000))
    services = make_services(
        tmp_path,
        recogniser,
        public_url="http://linsheng.example",
        **configured(sim.account, sim.api_base),
    )
    with running(services) as url, Background(services):
        sim.callback = url
        user = sim.user("oLi").send_voice(CLIP.read_bytes(), msg_id="1")
        answer = user.wait(60)
    assert [t.status for t in sim.tries["1"]] == [200], "in time, with the answer or without"
    assert answer is not None
    assert "http://linsheng.example/t/" in answer.text, answer.text
    with services.database.read() as session:
        (ticket,) = session.scalars(select(Ticket))
        (recording,) = session.scalars(select(Recording))
    assert ticket.category == "drain"
    assert ticket.place_id in ("hm/5", "hm/5/1")
    assert ticket.report["attachments"] == [recording.id]
    assert services.recordings.read(recording.id) == CLIP.read_bytes()
    services.database.close()
