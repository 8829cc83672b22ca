"""`linsheng hear`, as somebody types it."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from tests.voice.hearing import errors

pytestmark = pytest.mark.models
CLIPS = Path(__file__).parents[1] / "clips"


@pytest.fixture
def folder(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LINSHENG_HOME", str(models.parent))
    made = tmp_path / "recordings"
    (made / "later").mkdir(parents=True)
    for name, target in (("no", "a"), ("yes_short", "c"), ("person", "later/d")):
        shutil.copy(CLIPS / f"{name}.mp3", made / f"{target}.mp3")
    (made / "b.wav").write_bytes(b"RIFF no sound at all")
    (made / "e.wav").write_bytes(b"")
    (made / "notes.doc").write_bytes(b"not for us")
    return made


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["linsheng", "hear", *words])
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0)


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_folder_is_heard_in_order_past_what_is_broken(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, str(folder), "--json") == 1
    out, err = capfd.readouterr()
    heard = lines(out)
    names = [Path(line["file"]).name for line in heard]
    assert names == ["a.mp3", "c.mp3", "d.mp3"]
    for line, said in zip(heard, ("不对", "对的", "我要找人工"), strict=True):
        assert set(line) == {"file", "text", "confidence", "alternatives", "seconds"}
        assert errors(said, line["text"]) <= 1
    *broken, summary = err.splitlines()
    assert [Path(line.partition("：")[0]).name for line in broken] == ["b.wav", "e.wav"]
    assert summary.startswith("5 个文件，2 个读不了；每秒")
    assert "Traceback" not in err


def test_recordings_are_scored_against_what_was_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.txt").write_text("不对。\n")
    (folder / "c.txt").write_text("错错错错")
    (folder / "transcripts.tsv").write_text("file\ttext\nc.mp3\t对的\nlater/d.mp3\t我要找2个人工\n")
    assert run(monkeypatch, "--evaluate", str(folder), "--json") == 0
    *each, total = lines(capfd.readouterr().out)
    assert [line["said"] for line in each] == ["不对。", "对的", "我要找两个人工"]
    assert [line["length"] for line in each] == [2, 2, 7]
    assert each[0]["character_error"] == 0
    assert each[1]["syllable_error"] <= 0.5  # 对的, not the four wrong characters beside it
    assert 0.28 <= each[2]["syllable_error"] <= 4 / 7
    assert total["files"] == 3
    assert total["length"] == 11
    wrong = sum(line["syllable_error"] * line["length"] for line in each)
    assert total["syllable_error"] == pytest.approx(wrong / 11, abs=0.001)


def test_what_cannot_be_done_is_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    empty = folder / "empty"
    empty.mkdir()
    for words in ([], ["--evaluate", str(folder)], [str(empty)], ["x.wav", "--evaluate", "."]):
        assert run(monkeypatch, *words) != 0
        out, err = capfd.readouterr()
        assert not out
        assert len(err.splitlines()) == 1, err
