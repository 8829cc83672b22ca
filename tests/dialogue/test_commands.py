"""`talk`, `replay` and `staff add`, as somebody types them."""

import json
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINSHENG_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("LINSHENG_DATABASE_URL", raising=False)
    monkeypatch.delenv("LINSHENG_SECRET_KEY", raising=False)


class _Input(StringIO):
    def reconfigure(self, **_: object) -> None:
        pass


def _run(monkeypatch: pytest.MonkeyPatch, *words: str, lines: str = "") -> int:
    monkeypatch.setattr(sys, "argv", ["linsheng", *words])
    monkeypatch.setattr(sys, "stdin", _Input(lines))
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0)


def _turns(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_call_on_the_terminal_ends_as_a_ticket_and_replays(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = "三幢二单元楼道灯坏了\n/bad\n/silence\n/key 1\n/hangup\nnot heard any more\n"
    words = ("talk", "--channel", "phone", "--from", "13800001234", "--json")
    assert _run(monkeypatch, *words, lines=said) == 0
    out, err = capsys.readouterr()
    turns = _turns(out)
    assert len(turns) == 5
    assert all(set(turn) == {"say", "step", "slots", "ticket", "done"} for turn in turns)
    assert turns[0]["step"] == "opening"
    assert turns[1]["slots"]["category"]["code"] == "lighting"
    assert turns[3]["ticket"]["state"] == "open"
    assert "/bad" in err
    number = turns[3]["ticket"]["number"]
    assert _run(monkeypatch, "replay", number) == 0
    assert "全部一致" in capsys.readouterr().out


def test_a_chat_goes_on_where_it_was(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("talk", "--channel", "wechat", "--from", "o1", "--json")
    assert _run(monkeypatch, *words, lines="楼道灯坏了\n") == 0
    assert _run(monkeypatch, *words, lines="三幢二单元\n") == 0
    last = _turns(capsys.readouterr().out)[-1]
    assert last["ticket"]["state"] == "open"
    assert last["ticket"]["number"] in last["say"]
    assert last["ticket"]["url"] in last["say"]


@pytest.mark.parametrize("channel", ["phone", "wechat", "desk"])
def test_an_anonymous_one_keeps_its_conversation(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], channel: str
) -> None:
    lines = "楼道灯坏了\n三幢二单元\n"
    assert _run(monkeypatch, "talk", "--channel", channel, "--json", lines=lines) == 0
    slots = _turns(capsys.readouterr().out)[-1]["slots"]
    assert slots["category"]["code"] == "lighting"
    assert slots["place"]["id"] == "hm/3/2"


def test_plain_output_is_readable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, "talk", lines="\n") == 0
    assert capsys.readouterr().out.startswith("邻声：您好")


def test_an_account_is_made_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, "staff", "add", "王师傅", "--role", "worker") == 0
    assert "一次性密码：" in capsys.readouterr().out
    assert _run(monkeypatch, "staff", "add", "王师傅", "--role", "worker") == 1
    assert "已经有叫 王师傅 的账号" in capsys.readouterr().err


@pytest.mark.parametrize("which", ["572005", "no-such", ""])
def test_nothing_to_replay_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], which: str
) -> None:
    assert _run(monkeypatch, "replay", which) == 1
    error = capsys.readouterr().err
    assert "没有找到" in error
    assert error.count("\n") == 1
