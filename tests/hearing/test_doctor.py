"""What `linsheng doctor` says of the model that hears."""

from pathlib import Path

import pytest

from bot.commands.doctor import Mark, _hearing
from tests.voice.tiny_onnx import write
from voice.recognition.onnx_folder import Kind


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = write(tmp_path / "sense-voice", Kind.SENSE_VOICE)
    monkeypatch.setenv("LINSHENG_VOSK_MODEL", str(made))
    monkeypatch.setenv("LINSHENG_HOME", str(tmp_path))
    return made


def test_a_folder_of_the_operators_is_ready(folder: Path) -> None:
    (line,) = _hearing()
    assert line.mark is Mark.GOOD
    assert line.text == "听：sherpa-onnx（SenseVoice），sense-voice"


def test_what_lacks_is_said_with_how_to_mend_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as without:
        without.setattr("voice.recognition.engine.find_spec", lambda name: None)
        (line,) = _hearing()
        assert line.mark is Mark.BAD
        assert ".venv/bin/pip install -e '.[sherpa]'" in line.text
    (folder / "tokens.txt").unlink()
    (line,) = _hearing()
    assert line.mark is Mark.BAD
    assert "缺 tokens.txt" in line.text


def test_a_model_that_does_not_fit_into_memory_is_said_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.commands.doctor._free_memory", lambda: 100)
    good, less = _hearing()
    assert good.mark is Mark.GOOD
    assert less.mark is Mark.LESS
    assert "内存" in less.text
