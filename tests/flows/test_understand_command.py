"""`linsheng understand`, from the outside."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.commands.understand import app
from bot.failure import Failure

KEYS = ["intent", "category", "place", "urgency", "time", "phone", "yes_no", "corrections"]


def test_one_line_a_text() -> None:
    result = CliRunner().invoke(app, ["三幢二单元楼道里的灯不亮了", "人工"])
    first, second = map(json.loads, result.stdout.splitlines())
    assert list(first) == KEYS
    assert first["intent"] == "report"
    assert first["category"]["code"] == "lighting"
    assert len(first["category"]["top"]) == 3
    assert first["place"]["id"] == "hm/3/2"
    assert second["intent"] == "person"
    assert second["place"] is None


def test_a_file_says_what_was_asked(tmp_path: Path) -> None:
    file = tmp_path / "f.jsonl"
    file.write_text(
        '{"text": "不是三幢是四幢", "asked": "readback"}\n\n{"text": "十二", "asked": "place"}\n',
        encoding="utf-8",
    )
    result = CliRunner().invoke(app, ["--file", str(file)])
    first, second = map(json.loads, result.stdout.splitlines())
    assert first["corrections"] == [{"slot": "place", "value": "4幢"}]
    assert second["place"]["building"] == "12幢"


@pytest.mark.parametrize(
    "row", ["{", "[]", '{"asked": null}', '{"text": 3}', '{"text":"a","asked":"x"}']
)
def test_a_bad_line_is_named(tmp_path: Path, row: str) -> None:
    file = tmp_path / "f.jsonl"
    file.write_text('{"text": "灯坏了"}\n' + row + "\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["--file", str(file)])
    assert isinstance(result.exception, Failure)
    assert "第 2 行" in str(result.exception)


def test_a_missing_file(tmp_path: Path) -> None:
    for option in ("--file", "--community"):
        result = CliRunner().invoke(app, ["x", option, str(tmp_path / "none")])
        assert isinstance(result.exception, Failure)
