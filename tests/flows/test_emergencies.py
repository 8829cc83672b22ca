"""Floors under what `make bench-understanding` prints for emergencies, and what may never slip."""

from collections import Counter
from pathlib import Path

import pytest

from flows.community import Community
from flows.understanding.emergency import (
    ALARM_FROM,
    ASK_FROM,
    DOUBT_BELOW,
    Danger,
    Emergencies,
    worst,
)
from flows.understanding.frames import FrameError, Frames
from flows.understanding.normalise import normalise
from flows.understanding.second_opinion import Opinion, SecondOpinion
from tests.bench.understanding.emergencies import danger, expected, ordinary

DATA = Path(__file__).parent / "data"


def test_every_example_of_danger_alarms_or_asks(community: Community) -> None:
    lexicon = community.lexicon
    examples = [t for texts in lexicon.emergency_examples.present.values() for t in texts]
    found = [danger(text, community) for text in examples]
    assert Danger.NONE not in found
    assert found.count(Danger.PRESENT) / len(found) >= 0.97


def test_calm_examples_do_not_alarm(community: Community) -> None:
    lexicon = community.lexicon
    examples = [t for texts in lexicon.emergency_examples.calm.values() for t in texts]
    found = [danger(text, community) for text in examples]
    assert found.count(Danger.PRESENT) / len(found) <= 0.03


def test_recall_on_phrasings_never_seen(community: Community) -> None:
    texts = [text for wanted, _, text in expected() if wanted == "present"]
    found = [danger(text, community) for text in texts]
    assert found.count(Danger.PRESENT) / len(found) >= RECALL
    assert found.count(Danger.NONE) / len(found) <= SILENT


def test_alarms_over_ordinary_talk_never_seen(community: Community) -> None:
    found = [danger(text, community) for text in ordinary()[:272]]
    assert found.count(Danger.PRESENT) / len(found) <= ALARMS


RECALL, SILENT, ALARMS = 0.945, 0.016, 0.008
"""Share alarmed at once, share neither alarmed nor asked, share of ordinary talk alarmed. Reached,
see docs/emergencies.md: a little better."""


def test_who_somebody_is_and_where_they_live_is_no_danger(community: Community) -> None:
    """Authored; nothing was learned from it. Fifteen of 61 is still too much."""
    texts = (DATA / "said_by_the_way.txt").read_text(encoding="utf-8").split("\n")
    found = [danger(text, community) for text in texts if text]
    assert found.count(Danger.PRESENT) <= 4
    assert found.count(Danger.ASK) <= 11


def test_phrasings_nothing_was_learned_from(community: Community) -> None:
    """Terse, dialect, panicking; by the author of the examples, apart from them by phrasing."""
    found: dict[str, list[Danger]] = {"present": [], "ask": [], "none": []}
    for wanted, _, text in expected("phrasings_emergencies"):
        found[wanted].append(danger(text, community))
    share = {wanted: Counter(one) for wanted, one in found.items()}
    assert share["present"][Danger.PRESENT] / len(found["present"]) >= 0.85
    assert share["present"][Danger.NONE] / len(found["present"]) <= 0.04
    assert share["none"][Danger.PRESENT] / len(found["none"]) <= 0.055


@pytest.mark.parametrize(
    "text",
    [
        "刚才",
        "一个人",
        "老太太",
        "没动静",
        "一时想不起来",
        "打断一下",
        "算了算了",
        "不想说了",
        "不想搞了",
        "记不起来了",
        "就这样吧我挂了",
        "就是这回事体",
        "不流血",
        "我先走了",
    ],
)
def test_a_short_answer_is_no_danger(community: Community, text: str) -> None:
    assert danger(text, community) is Danger.NONE


@pytest.mark.parametrize(
    ("score", "text", "found"),
    [
        (ALARM_FROM, "今天下午你们上班吗", (Danger.PRESENT, "crime")),
        (ASK_FROM, "今天下午你们上班吗", (Danger.ASK, "")),
        (ALARM_FROM, "火已经扑灭了", (Danger.ASK, "fire")),
        (DOUBT_BELOW, "我老伴昏倒了", (Danger.PRESENT, "ill")),
        (DOUBT_BELOW - 0.1, "我老伴昏倒了", (Danger.ASK, "ill")),
        (ASK_FROM - 0.1, "今天下午你们上班吗", (Danger.NONE, "")),
    ],
)
def test_a_second_opinion_raises_or_doubts_and_never_drops(
    community: Community, score: float, text: str, found: tuple[Danger, str]
) -> None:
    class Sure(SecondOpinion):
        def __init__(self) -> None:
            pass

        def judge(self, text: str) -> Opinion:
            return Opinion(score, "crime", harm=True)

    assert Emergencies(community.lexicon, Sure()).find(text) == found


def test_the_second_opinion_says_which_number(community: Community) -> None:
    """Where it alarms alone, the kind decides between 119, 120 and 110."""
    rows = [row for row in expected("phrasings_emergencies") if row[0] == "present"]
    stop = community.lexicon.answers.full_stop
    found = [(kind, community.emergencies.find(normalise(text, stop))) for _, kind, text in rows]
    right = [kind == one.kind for kind, one in found if one.danger is Danger.PRESENT]
    assert sum(right) / len(right) >= 0.79


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        # Misheard: sound keeps what characters lost.
        ("我老伴昏到了", Danger.PRESENT),
        ("家里着货了", Danger.PRESENT),
        ("爬不起赖了", Danger.PRESENT),
        # What looks like a denial, a fear or a time and is none.
        ("我没站稳摔了一跤", Danger.PRESENT),
        ("怕是中风了嘴都歪了", Danger.PRESENT),
        ("我昨天摔的今天动不了", Danger.PRESENT),
        ("上次也这样这次又晕倒了", Danger.PRESENT),
        ("不要打我", Danger.PRESENT),
        # Denied, feared, past, over.
        ("没有人受伤", Danger.NONE),
        ("没着火是烧菜的烟", Danger.ASK),
        ("楼道里堆东西怕着火", Danger.ASK),
        ("前年摔过一跤", Danger.ASK),
        ("火已经扑灭了", Danger.ASK),
        ("走丢的猫", Danger.ASK),
        # Idioms.
        ("我火大得很", Danger.NONE),
        ("晚上吃火锅味道太大", Danger.NONE),
        ("煤气灶打不着火", Danger.NONE),
        ("消防通道堵住了救护车进不来", Danger.NONE),
    ],
)
def test_traps(community: Community, text: str, expect: Danger) -> None:
    assert danger(text, community) is expect


def test_any_reading_of_the_sound_counts(community: Community) -> None:
    readings = ("天气", "我老伴昏倒了", "我老板")
    found = map(community.emergencies.find, readings)
    assert worst(found) == (Danger.PRESENT, "ill")


@pytest.mark.parametrize("phrase", ["", "<没有这组> 倒在", "人 / 倒"])
def test_a_frame_written_wrongly_says_so(phrase: str) -> None:
    with pytest.raises(FrameError) as error:
        Frames({"ill": [phrase]}, {"人": ("我",)}, fold=str)
    assert error.value.phrase == phrase
