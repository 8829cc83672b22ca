"""Listening in: a volunteer sets right what was misheard while the call runs."""

import re

import pytest
from httpx import Response
from sqlalchemy import func, select

from bot.dialogue.replay import replay
from bot.storage.tables import TurnRow
from flows.heard import HeardKind
from flows.understanding.normalise import normalise
from tests.pages.site import Site, hidden
from tests.support.talking import Resident, caller
from voice.codecs import decode
from voice.sound import Sound


@pytest.fixture
def resident(site: Site) -> Resident:
    return caller(site.services)


def _call(site: Site, resident: Resident, *said: str) -> str:
    """A call that runs, with what was said in it on its tape; its conversation."""
    tape = site.services.recordings.start("call-1", "audio/l16;rate=8000")
    resident.take(HeardKind.OPENED)
    conversation, until = "", 0.0
    for words in said:
        tape.write(bytes(16000) + b"\x00\x20\x00\xe0" * 4000)
        until += 2.0
        answer = resident.says(words, recording=tape.id, heard_until=until)
        conversation = answer.conversation
    return conversation


def _forms(page: str, id: str) -> list[str]:
    section = page.partition(f'id="call-{id}"')[2].partition("</section>")[0]
    return re.findall(r"<form\b.*?</form>", section, re.DOTALL)


def _fix(site: Site, id: str, slot: str, value: str, times: int = 1) -> Response:
    forms = _forms(site.client.get("/desk/live").text, id)
    (form, *_) = [form for form in forms if f'name="slot" value="{slot}"' in form]
    fields = {**hidden(form, f"/desk/live/{id}"), "value": value}
    for _ in range(times):
        answer: Response = site.client.post(f"/desk/live/{id}", data=fields)
    return answer


def test_a_misheard_place_is_set_right_once_and_the_call_goes_on_with_it(
    site: Site, resident: Resident
) -> None:
    id = _call(site, resident, "楼道里的灯坏了")
    site.sign_in("volunteer")
    assert "13800001234" in site.client.get("/desk/live").text
    answer = _fix(site, id, "place", "3幢2单元", times=2)
    assert "改好了" in answer.text
    assert site.services.dialogue.helped(id)
    turn = resident.says("三栋啊单元", conversation=id)
    assert turn.step == "readback"
    assert "三幢二单元" in "".join(turn.speech)
    assert resident.says("对", conversation=id).ticket
    with site.services.database.read() as session:
        fixed = [t for t in session.scalars(select(TurnRow)) if "fix:" in t.key]
        assert len(fixed) == 1
        result = replay(session, id, site.services.community)
    assert (result.differences, result.turns) == ((), 5)


def test_who_did_it_stands_in_the_tickets_history(site: Site, resident: Resident) -> None:
    id = _call(site, resident, "楼道里的灯坏了")
    site.sign_in("volunteer", "志愿者小陈")
    _fix(site, id, "place", "3幢2单元")
    number = resident.says("哦", conversation=id).ticket
    assert number
    page = site.client.get(f"/desk/tickets/{number.number}").text
    assert re.search(r"工作人员更正</strong> <span class=\"who\">志愿者小陈", page)
    assert "志愿者小陈帮着听，地点改成：3幢2单元" in page


def test_the_words_are_set_right_from_what_is_heard(site: Site, resident: Resident) -> None:
    id = _call(site, resident, "额哦那个坡立啊")
    site.sign_in("volunteer")
    _fix(site, id, "words", "三幢二单元楼道灯坏了")
    turn = resident.take(HeardKind.GO_ON, conversation=id)
    assert turn.step == "readback"
    assert turn.slots["words"] == [normalise("三幢二单元楼道灯坏了", "，")]


def test_the_last_words_are_heard_while_the_call_runs(site: Site, resident: Resident) -> None:
    id = _call(site, resident, "楼道里的灯坏了", "三栋啊单元")
    site.sign_in("volunteer")
    sound = decode(site.client.get(f"/desk/live/{id}/last.mp3").content)
    assert isinstance(sound, Sound)
    # One second of speech behind one of silence, with what is kept around it.
    assert 1.0 < sound.seconds < 1.8


def test_a_call_that_is_over_is_not_changed_and_its_ticket_is_offered(
    site: Site, resident: Resident
) -> None:
    id = _call(site, resident, "三幢二单元的灯坏了")
    site.sign_in("volunteer")
    page = site.client.get("/desk/live").text
    (form,) = [f for f in _forms(page, id) if 'name="slot" value="place"' in f]
    resident.take(HeardKind.ENDED, conversation=id)
    fields = {**hidden(form, f"/desk/live/{id}"), "value": "4幢"}
    answer = site.client.post(f"/desk/live/{id}", data=fields)
    assert "电话已经挂了" in answer.text
    with site.services.database.read() as session:
        assert session.scalar(select(func.count()).where(TurnRow.key.like("fix:%"))) == 0
    assert "现在没有人在打电话" in site.client.get("/desk/live").text


def test_nonsense_changes_nothing(site: Site, resident: Resident) -> None:
    id = _call(site, resident, "楼道里的灯坏了")
    site.sign_in("volunteer")
    for slot, value in (("category", "dragons"), ("phone", "abc"), ("urgency", "now")):
        assert "没有改" in _fix(site, id, slot, value).text
    assert not site.services.dialogue.helped(id)
    assert _fix(site, id, "place", "\x00\x01火星\x02").status_code == 200


def test_an_organisation_hears_only_its_own_calls_and_none_without_the_right_to_numbers(
    site: Site, resident: Resident
) -> None:
    id = _call(site, resident, "三幢二单元的灯坏了")
    site.sign_in("worker", "物业老王", organisation="wy")  # lighting is theirs
    assert id in site.client.get("/desk/live").text
    site.sign_in("worker", "志愿老李", organisation="zyz")
    assert id not in site.client.get("/desk/live").text
    assert site.client.get(f"/desk/live/{id}/last.mp3").status_code == 404
    profile = site.services.community.profile
    blind = tuple(o.model_copy(update={"sees": ()}) for o in profile.organisations)
    object.__setattr__(profile, "organisations", blind)
    assert site.client.get("/desk/live").status_code == 403
    assert "/desk/live" not in site.client.get("/desk").text


def test_who_is_handed_over_stands_on_top_of_the_desk_before_anybody_picks_up(
    tmp_path_factory: pytest.TempPathFactory, site: Site
) -> None:
    resident = caller(site.services)
    object.__setattr__(site.services.dialogue, "_extension", True)
    object.__setattr__(site.services.community.profile, "working_hours", {})
    id = _call(site, resident, "三幢二单元的灯坏了，转人工")
    site.sign_in("volunteer")
    page = site.client.get("/desk").text
    banner = page.partition('id="live-banner"')[2].partition("</section>")[0]
    for what in ("13800001234", "路灯照明", "3幢2单元", "灯坏了", "正在给您接人"):
        assert what in banner, what
    assert page.index("接人，电话马上会响") > 0
    resident.take(HeardKind.CONNECTED, conversation=id)
    assert "电话马上会响" not in site.client.get("/desk").text
