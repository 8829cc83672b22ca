"""An answer heard a second time, knowing what was asked. The readings are real ones."""

from datetime import UTC, datetime

import pytest

from flows.community import Community
from flows.heard import Prompted
from flows.understanding.heard_twice import understand_twice
from flows.understanding.understanding import Intent, Understanding

AT = datetime(2026, 5, 6, 10, tzinfo=UTC)


def twice(
    community: Community,
    free: str,
    confidence: float,
    asked: str,
    prompted: tuple[str, float, float, float],
) -> Understanding:
    text, sure, least, share = prompted
    return understand_twice(
        free,
        asked=asked,
        community=community,
        at=AT,
        prompted=Prompted(text=text, confidence=sure, least=least, share=share),
        confidence=confidence,
    )


@pytest.mark.parametrize(
    ("free", "confidence", "prompted", "id"),
    [
        (
            "我就在时散装啊感觉与被啊",
            0.70,
            ("我住在十三幢二单元一百零二", 0.99, 0.90, 1.0),
            "hm/13/2/102",
        ),
        ("二石洞而单元", 0.43, ("二十栋二单元", 1.0, 0.98, 1.0), "hm/20/2"),
        ("是时装你感觉", 0.51, ("十幢一单元", 1.0, 1.0, 0.88), "hm/10/1"),
    ],
)
def test_what_was_expected_explains_what_was_garbled(
    community: Community,
    free: str,
    confidence: float,
    prompted: tuple[str, float, float, float],
    id: str,
) -> None:
    found = twice(community, free, confidence, "place", prompted)
    assert found.place is not None
    assert found.place.id == id
    assert found.intent is Intent.REPORT
    assert found.backed


@pytest.mark.parametrize(
    ("free", "confidence", "asked", "prompted"),
    [
        ("你姐夫什么时候上门", 0.65, "place", ("一室不行，十号小门", 0.84, 0.59, 0.93)),
        ("哎呀这个电话声音我就", 0.66, "place", ("九", 0.58, 0.58, 0.10)),
        ("你帮我问问看", 1.0, "readback", ("你报我们", 0.53, 0.51, 0.63)),
        ("我明天要出来", 0.88, "readback", ("我米一点，要的门", 0.74, 0.46, 0.80)),
        ("他们两个人去买菜了", 0.97, "readback", ("行的俩，人七百坏了", 0.85, 0.61, 0.93)),
    ],
)
def test_unrelated_sentences_become_no_answer(
    community: Community,
    free: str,
    confidence: float,
    asked: str,
    prompted: tuple[str, float, float, float],
) -> None:
    found = twice(community, free, confidence, asked, prompted)
    assert found.place is None or found.place.id is None
    assert found.yes_no is None
    assert not found.backed


def test_a_doubtful_yes_gives_way_to_a_clear_no(community: Community) -> None:
    found = twice(community, "美好", 0.7, "verdict", ("没好", 1.0, 1.0, 1.0))
    assert found.yes_no == "no"


def test_a_clear_answer_is_not_overruled(community: Community) -> None:
    found = twice(community, "不对", 0.97, "readback", ("对", 0.99, 0.99, 1.0))
    assert found.yes_no == "no"
    found = twice(community, "三幢", 0.97, "place", ("四幢", 0.95, 0.95, 1.0))
    assert found.place is not None
    assert found.place.id == "hm/3"


def test_where_both_are_doubtful_the_place_is_asked_about(community: Community) -> None:
    free = "不过没事六号楼你感觉是零"
    found = twice(community, free, 0.6, "place", ("我们十六号楼一单元四零", 0.90, 0.58, 0.88))
    assert found.place is not None
    assert found.place.confidence < 0.6


def test_danger_is_never_heard_away(community: Community) -> None:
    found = twice(community, "着火了", 0.5, "readback", ("没错", 1.0, 1.0, 1.0))
    assert found.intent is Intent.EMERGENCY
    assert found.yes_no is None


def test_a_correction_brings_its_place(community: Community) -> None:
    heard = ("不对不是三幢是四幢", 0.96, 0.9, 1.0)
    found = twice(community, "不对不是三撞是死状", 0.7, "readback", heard)
    assert found.intent is Intent.CORRECTION
    assert found.place is not None
    assert found.place.id == "hm/4"
