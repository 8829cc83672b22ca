"""What is asked when a place may be another: which estate, or whether it was heard right."""

from dataclasses import replace

import pytest

from flows.community import Community
from flows.gazetteer import Gazetteer
from flows.profile import Profile
from locales.load import DEMO, load_community, read_yaml
from locales.wording import load_wording
from tests.flows.script import Script

_ESTATES = ("幸福新村", "朝阳新村", "景芳新村")


def _community(more: int) -> Community:
    data = read_yaml(DEMO)
    for at, name in enumerate(_ESTATES[:more]):
        plan = {"count": 9, "units": 2, "floors": 6}
        data["places"].append({"id": f"e{at}", "name": name, "buildings": plan})
    profile, demo = Profile.model_validate(data), load_community()
    words = demo.lexicon
    gazetteer = Gazetteer(profile, words.places, words.numbers)
    return replace(demo, profile=profile, gazetteer=gazetteer)


def _play(more: int, *said: str) -> str:
    community = _community(more)
    lines = ["@ channel: phone", "@ phone: 13800001234", "< [opened]", *(f"< {s}" for s in said)]
    return Script(community, load_wording(community.profile)).play("\n".join(lines))


@pytest.mark.parametrize("answer", ["[key 2]", "第二个", "幸福新村", "幸福的"])
def test_which_of_two_estates(answer: str) -> None:
    played = _play(1, "三幢二单元楼道里的灯不亮了", answer, "对")
    assert "是哪个小区的？" in played
    assert "还是幸福新村？" in played
    assert "file_ticket" in played
    assert "幸福新村3幢2单元楼道(e0/3/2)" in played.rsplit("file_ticket", 1)[1]


def test_which_of_many_estates() -> None:
    played = _play(3, "三幢二单元楼道里的灯不亮了", "景芳新村", "对")
    assert "是哪个小区的？" in played
    assert "还是" not in played
    assert "景芳新村3幢2单元楼道(e2/3/2)" in played.rsplit("file_ticket", 1)[1]


def test_a_key_that_stands_for_no_estate() -> None:
    played = _play(1, "三幢二单元楼道里的灯不亮了", "[key 7]", "[key 9]", "[key 1]", "对")
    assert "幸福新村，请按二。" in played
    assert "和睦新村3幢2单元楼道(hm/3/2)" in played.rsplit("file_ticket", 1)[1]


def test_a_place_that_was_hardly_heard_is_asked_about() -> None:
    yes = _play(0, "老年十堂那里的灯不亮了", "对")
    assert "老年食堂(hm/老年食堂)" in yes
    played = _play(0, "洞们那里的灯坏了", "对", "对")
    assert "东门，\n  > 对吗？" in played
    assert "file_ticket" in played
    denied = _play(0, "洞们那里的灯坏了", "[key 2]", "三幢", "对")
    assert "好，地点应该是哪里？" in denied
    assert "3幢(hm/3)" in denied.rsplit("file_ticket", 1)[1]
