"""Sentence by sentence: what is written, and what an old person hears."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locales.load import HERE, read_yaml
from locales.spoken import Spoken
from locales.wording import load_spoken

TABLE = [
    line.split("\t")
    for line in (Path(__file__).parent / "spoken.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
NOW = datetime(2026, 11, 24, 9, 0)  # a Tuesday


@pytest.fixture(scope="module")
def spoken() -> Spoken:
    return Spoken.model_validate(read_yaml(HERE / "zh_CN" / "spoken.yaml"))


def test_the_table_is_long_enough() -> None:
    assert len(TABLE) >= 150
    assert len({written for written, _ in TABLE}) == len(TABLE)


@pytest.mark.parametrize(("written", "said"), TABLE, ids=[row[0] for row in TABLE])
def test_said_as_people_say_it(spoken: Spoken, written: str, said: str) -> None:
    assert spoken.speakable(written.replace("\\n", "\n")) == said


def test_what_is_speakable_stays_as_it_is(spoken: Spoken) -> None:
    for _, said in TABLE:
        assert spoken.speakable(said) == said


def test_nothing_that_cannot_be_said_is_left(spoken: Spoken) -> None:
    odd = "".join(map(chr, range(32, 0x3000))) + "ａＢ１２３＃㎏㏄½Ⅷ"
    assert re.fullmatch(r"[\u3400-\u9fff〇，。？！、；：“”]*", spoken.speakable(odd))


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-24", "今天"),
        ("2026-11-23", "昨天"),
        ("2026-11-22", "前天"),
        ("2026-11-25", "明天"),
        ("2026-11-26", "后天"),
        ("2026-11-27", "这个礼拜五"),
        ("2026-11-21", "上个礼拜六"),
        ("2026-11-18", "上个礼拜三"),
        ("2026-11-16", "上个礼拜一"),
        ("2026-11-15", "十一月十五号"),
        ("2026-12-02", "下个礼拜三"),
        ("2026-12-06", "下个礼拜天"),
        ("2026-12-07", "十二月七号"),
        ("2026-02-02", "二月二号"),
        ("2025-12-31", "去年十二月三十一号"),
        ("2027-01-01", "明年一月一号"),
        ("2024-05-01", "二零二四年五月一号"),
        ("不知道", "不知道"),
    ],
)
def test_days(spoken: Spoken, day: str, said: str) -> None:
    assert spoken.day(day, NOW) == said


def test_a_day_without_a_now_is_a_date(spoken: Spoken) -> None:
    assert spoken.day("2026-11-23") == "十一月二十三号"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-11-24T08:30", "今天早上八点半"),
        ("2026-11-23T14:00", "昨天下午两点"),
        ("2026-11-25T19:05", "明天晚上七点零五分"),
        ("2026-11-18T12:00", "上个礼拜三中午十二点"),
        ("2026-11-24T00:15", "今天半夜零点一刻"),
    ],
)
def test_moments(spoken: Spoken, at: str, said: str) -> None:
    assert spoken.moment(at, NOW) == said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "一分钟"),
        (2, "两分钟"),
        (30, "半个小时"),
        (45, "四十五分钟"),
        (60, "一个小时"),
        (90, "一个半小时"),
        (120, "两个小时"),
        (170, "三个小时"),
        (1440, "一天"),
        (2 * 1440, "两天"),
        (7 * 1440, "一个礼拜"),
        (14 * 1440, "两个礼拜"),
        (15 * 1440, "十五天"),
    ],
)
def test_durations(spoken: Spoken, minutes: int, said: str) -> None:
    assert spoken.span(minutes) == said


def test_numbers_in_groups(spoken: Spoken) -> None:
    assert spoken.ticket("572005") == "五七二，零零五"
    assert spoken.phone("13911112222") == "幺三九，幺幺幺幺，二二二二"
    assert spoken.phone("057188880000") == "零五七幺，八八八八，零零零零"
    assert spoken.numbers.cardinal(20_002) == "二万零二"
    assert spoken.numbers.count(1_234_567) == "一百二十三万四千五百六十七"


def test_numbers_that_sound_alike_are_made_clear(spoken: Spoken) -> None:
    for number in ("1", "4", "7", "10", "14", "40", "44"):
        assert spoken.clarified[number]
    assert "3" not in spoken.clarified


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("0123456789.-:/~年月日号点幢单元楼室第个元%℃kgmB# ，,")))
def test_whatever_is_written_can_be_said(written: str) -> None:
    said = load_spoken().speakable(written)
    assert re.fullmatch(r"[\u3400-\u9fff〇，。？！、；：“”]*", said)
    assert load_spoken().speakable(said) == said
