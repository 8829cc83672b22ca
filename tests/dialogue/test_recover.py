"""A call that died with its process: kill -9 in mid-call, then a new process."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.dialogue.recover import recover
from bot.services import Services
from bot.storage.tables import Recording, Ticket, TurnRow
from flows.heard import HeardKind
from tests.support.killed import Doomed
from tests.support.services import Clock, FakeRecogniser, make_services
from tests.support.talking import caller
from voice.recognition.protocol import RecogniserMissing, Recognition
from voice.sound import Sound

_WORKING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
_NIGHT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""Monday, 10:00 and 23:00 in Shanghai: somebody is there to take a call, and nobody is."""
LOUD = b"\x00\x20\x00\xe0"
"""Two samples of a 4000 Hz tone."""


def _call(
    tell: Callable[[str], None],
    home: Path,
    url: str,
    number: str,
    said: str,
    extension: str,
    at: datetime,
) -> None:
    services = make_services(home, database_url=url, human_extension=extension, clock=Clock(at))
    writer = services.recordings.start("call-1", "audio/l16;rate=8000")
    resident = caller(services, number)
    call = resident.take(HeardKind.OPENED, recording=writer.id, key="call-1:1").conversation
    writer.write(bytes(8000))
    writer.write(LOUD * 8000)
    if said:
        more = {"recording": writer.id, "heard_until": 2.5, "key": "call-1:2"}
        resident.says(said, conversation=call, **more)
        writer.write(LOUD * 12000)
    tell(call)
    time.sleep(60)


def _killed_call(
    services: Services,
    number: str,
    said: str = "",
    extension: str = "",
    at: datetime = _WORKING,
) -> str:
    home, url = services.settings.home, services.settings.database
    process = Doomed(_call, home, url, number, said, extension, at)
    call = str(process.next())
    process.kill()
    return call


def _restarted(services: Services, *texts: str, at: datetime = _WORKING) -> Services:
    home, url = services.settings.home, services.settings.database
    return make_services(home, FakeRecogniser(texts), database_url=url, clock=Clock(at))


def _ticket(services: Services) -> Ticket | None:
    with services.database.read() as session:
        return session.scalars(select(Ticket)).one_or_none()


def test_words_nobody_had_heard_yet_become_a_draft(services: Services) -> None:
    call = _killed_call(services, "13800001234")
    after = _restarted(services, "三幢二单元楼道灯坏了")
    assert _ticket(after) is None
    assert recover(after) == 1
    draft = _ticket(after)
    assert draft
    assert (draft.state, draft.category, draft.place_id) == ("draft", "lighting", "hm/3/2")
    assert draft.conversation_id == call
    with after.database.read() as session:
        recording = session.scalars(select(Recording)).one()
        assert (recording.state, recording.heard_until) == ("heard_late", 2.5)
        assert recording.conversation_id == call
    assert after.recordings.sound(recording.id).seconds == 2.5
    again = caller(after).take(HeardKind.OPENED)
    assert (again.conversation, again.step) == (call, "resume")


def test_only_what_lies_behind_is_heard_again(services: Services) -> None:
    _killed_call(services, "13800001234", "三幢二单元楼道灯坏了")
    ear = FakeRecogniser(["好几天了"])
    after = make_services(services.settings.home, ear, database_url=services.settings.database)
    assert recover(after) == 1
    assert ear.heard == [3.0]
    draft = _ticket(after)
    assert draft
    assert "三幢二单元楼道灯坏了" in draft.description


def test_recovering_is_done_once_however_often(services: Services) -> None:
    _killed_call(services, "13800001234")
    after = _restarted(services, "灯坏了", "灯坏了")
    assert recover(after) == 1
    with after.database.begin() as session:
        # As if it had been killed just before the last step.
        session.scalars(select(Recording)).one().state = "open"
    assert recover(after) == 1
    with after.database.read() as session:
        assert len(session.scalars(select(TurnRow)).all()) == 3
    assert recover(after) == 0


def test_a_withheld_number_leaves_a_draft_too(services: Services) -> None:
    _killed_call(services, "")
    after = _restarted(services, "三幢二单元楼道灯坏了")
    recover(after)
    draft = _ticket(after)
    assert draft
    assert draft.resident_id is None


@pytest.mark.parametrize("broken", [False, True])
def test_sound_nobody_understands_is_kept_for_a_volunteer(services: Services, broken: bool) -> None:
    class Broken(FakeRecogniser):
        def recognise(self, sound: Sound) -> Recognition:
            raise RecogniserMissing("没有模型")

    _killed_call(services, "13800001234")
    ear = Broken() if broken else FakeRecogniser()
    after = make_services(services.settings.home, ear, database_url=services.settings.database)
    recover(after)
    draft = _ticket(after)
    assert draft
    with after.database.read() as session:
        recording = session.scalars(select(Recording)).one()
    assert recording.id in draft.report["attachments"]


@pytest.mark.parametrize("at", [_WORKING, _NIGHT], ids=["being_transferred", "at_night"])
def test_who_wanted_a_person_is_called_back(services: Services, at: datetime) -> None:
    _killed_call(services, "13800001234", "转人工", extension="sip:8001@127.0.0.1", at=at)
    after = _restarted(services, at=at)
    recover(after)
    with after.database.read() as session:
        assert session.scalars(select(Ticket.callback)).one() == "asked"


def test_a_call_that_is_still_going_is_left_alone(services: Services) -> None:
    writer = services.recordings.start("call-1", "audio/l16;rate=8000")
    caller(services).take(HeardKind.OPENED, recording=writer.id)
    writer.write(LOUD * 8000)
    after = _restarted(services, "灯坏了")
    assert recover(after) == 0
    writer.close()
    assert recover(after) == 0
    assert _ticket(after) is None
