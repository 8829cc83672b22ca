"""Every message renders for reading and for hearing, short and speakable."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from flows.channel import Channel
from flows.prompt import Prompt
from locales.load import HERE, load_community
from locales.wording import Wording, load_wording

VALUES: dict[str, str | int] = {
    "one": "和睦新村",
    "two": "幸福新村",
    "three": "",
    "number": "572005",
    "place": "3幢2单元501室楼道",
    "category": "lighting",
    "building": "4",
    "words": "A楼的WIFI坏了3天",
    "phone": "13800001234",
    "first": "lighting",
    "second": "elevator",
    "third": "",
    "state": "resolved",
    "date": "2026-11-23",
    "note": "换了LED灯，2号再来看",
    "emergency": "119",
    "digit": "1",
    "url": "https://example.org/t/abc",
}
_FLOWS = Path(__file__).parents[2] / "flows"


@pytest.fixture(scope="module")
def wording() -> Wording:
    return load_wording(load_community().profile)


def _keys_in_code() -> set[str]:
    """Every literal `Prompt(key="…")`, and the strings a key is chosen from."""
    found: set[str] = set()
    for file in _FLOWS.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "key":
                found |= {
                    c.value
                    for c in ast.walk(node.value)
                    if isinstance(c, ast.Constant) and isinstance(c.value, str)
                }
    return found


def test_every_prompt_in_the_code_has_its_wording(wording: Wording) -> None:
    keys = {key for key in _keys_in_code() if re.fullmatch(r"[a-z_.]+", key)}
    assert len(keys) > 40
    unknown = {key for key in keys - wording.keys if not key.endswith(".")}
    assert unknown <= {"phone", "wechat", "desk"}


def test_every_message_renders(wording: Wording) -> None:
    said = _keys_in_code()
    for key in wording.keys:
        prompt = Prompt(key=key, values=VALUES)
        clauses = wording.speech([prompt])
        # What the conversation says can be heard; notices of the channels may be text alone.
        assert clauses or key not in said, key
        for clause in clauses:
            assert re.fullmatch(r"[\u3400-\u9fff〇，。？！、；：“”]+", clause), (key, clause)
        for channel in Channel:
            assert wording.text([prompt], channel).strip(), key


def test_sentences_are_short(wording: Wording) -> None:
    """An old listener keeps about a dozen characters in mind; the fixed part stays below twenty."""
    for clause in wording.fixed_clauses():
        assert len(clause) <= 20, clause


def test_speech_forms(wording: Wording) -> None:
    def hear(key: str) -> str:
        return "".join(wording.speech([Prompt(key=key, values=VALUES)]))

    assert "五七二，零零五" in hear("filed")
    assert "三幢二单元，五零幺室楼道，" in hear("readback")
    assert "一二三四的四" in hear("readback")
    assert "幺三八，零零零零，幺二三四" in hear("contact.thanks")
    assert "十一月二十三号" in hear("status.is")


def test_days_are_said_from_today(wording: Wording) -> None:
    def hear(now: datetime | None) -> str:
        return "".join(wording.speech([Prompt(key="status.is", values=VALUES)], now))

    assert "昨天" in hear(datetime(2026, 11, 24, 1, tzinfo=UTC))
    assert "今天" in hear(datetime(2026, 11, 22, 17, tzinfo=UTC))  # past midnight in Shanghai
    assert "十一月二十三号" in hear(None)
    read = wording.text([Prompt(key="status.is", values=VALUES)], Channel.WECHAT)
    assert "11月23日更新" in read


def test_wechat_reply_has_number_and_link(wording: Wording) -> None:
    text = wording.text([Prompt(key="filed.read", values=VALUES)], Channel.WECHAT)
    assert "572005" in text
    assert "https://example.org/t/abc" in text
    assert "路灯照明" in text


def test_residents_words_cannot_break_a_template(wording: Wording) -> None:
    values = {**VALUES, "place": "{{ 1/0 }}{% raw %}", "words": "{{ x }}", "category": "other"}
    assert "{{ 1/0 }}" in wording.text([Prompt(key="readback", values=values)], Channel.WECHAT)


def test_fixed_clauses_hold_what_is_always_said(wording: Wording) -> None:
    fixed = wording.fixed_clauses()
    assert "您好，这里是和睦社区。" in fixed
    assert "对吗？" in fixed
    assert any(clause.startswith("灯的问题") for clause in fixed)
    assert len(fixed) == len(set(fixed))


def test_labels(wording: Wording) -> None:
    assert wording.label("category", "lighting") == "路灯照明"
    assert wording.label("state", "open") == "已登记"
    assert wording.label("state", "nonsense") == "nonsense"


def test_a_place_is_heard_in_clauses_known_beforehand(wording: Wording) -> None:
    """House and unit, then room or spot: both were spoken ahead."""
    community = load_community()
    known = wording.fixed_clauses(community.gazetteer.usual())
    for place in ("3幢2单元501室", "14幢", "24幢1单元楼道", "东门", "7幢电梯"):
        for key in ("readback", "place.home", "status.is"):
            values = {**VALUES, "place": place, "building": ""}
            said = wording.speech([Prompt(key=key, values=values)])
            unknown = [clause for clause in said if clause not in known]
            # The date alone is not known beforehand.
            assert all("号，" in clause or "留了话" in clause for clause in unknown), unknown
    assert "三幢二单元，" in known
    assert "五零幺室，" in known


def test_what_nearly_every_call_needs_comes_first(wording: Wording) -> None:
    first = wording.first_clauses()
    assert wording.fixed_clauses(load_community().gazetteer.usual())[: len(first)] == first
    assert first[0] == "您好，这里是和睦社区。"
    listed = yaml.safe_load((HERE / "zh_CN" / "said_first.yaml").read_text("utf-8"))
    assert set(listed) <= wording.keys, set(listed) - wording.keys
