"""Word lists people edit: a mistake is one clear line; a community's own words take effect."""

import shutil
from pathlib import Path

import pytest

from locales.built import category_model
from locales.load import DEMO, HERE, ProfileError, load_community, load_profile
from locales.words import read_lexicon, with_words_of
from tests.support.lexicon import few_examples


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """A copy of the packaged word lists."""
    folder = tmp_path / "zh_CN"
    shutil.copytree(HERE / "zh_CN", folder)
    return folder


def _change(path: Path, old: str, new: str) -> int:
    """Changes a file at its first `old`; returns the line that then holds `new`'s last line."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    before, after = text.split(old, 1)
    path.write_text(before + new + after, encoding="utf-8")
    return (before + new).count("\n") + 1


def _refused(lists: Path) -> str:
    with pytest.raises(ProfileError) as raised:
        read_lexicon(lists)
    message = str(raised.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("strong: [煤气,", "strong: [煤气, 路灯,", "lighting"),
        ("strong: [煤气,", "strong: [煤气, 煤气,", "gas 里已经有了"),
        ("weak: [气,", "weak: [气, 煤气,", "gas 里已经有了"),
        ("\ngas:", "\ngass:", "gass"),
        ("label: 燃气", "lable: 燃气", "lable"),
    ],
)
def test_words_that_contradict(lists: Path, old: str, new: str, says: str) -> None:
    line = _change(lists / "categories.yaml", old, new)
    message = _refused(lists)
    assert f"categories.yaml: 第 {line} 行" in message
    assert says in message


@pytest.mark.parametrize(
    ("new", "says"),
    [
        ("\n  - 楼道里的灯不亮了\n", "lighting"),
        ("\n  - 厨房里有煤气味\n  - 厨房里有煤气味\n", "gas 里已经有了"),
        ("\n  - 110\n", "examples"),
        ("\nexampels:\n  - 没有气\n", "exampels"),
    ],
)
def test_examples_that_contradict(lists: Path, new: str, says: str) -> None:
    line = _change(lists / "examples" / "gas.yaml", "\n  - 煤气打不着火\n", new)
    message = _refused(lists)
    assert "gas.yaml: 第" in message
    assert says in message
    assert abs(int(message.split("第 ")[1].split(" 行")[0]) - line) <= 2


def test_a_file_of_examples_is_missing(lists: Path) -> None:
    (lists / "examples" / "gas.yaml").unlink()
    assert "gas.yaml: 没有这个文件" in _refused(lists)


def _profile(tmp_path: Path, words: str) -> Path:
    file = tmp_path / "community.yaml"
    file.write_text(DEMO.read_text(encoding="utf-8") + words, encoding="utf-8")
    return file


WORDS = """
words:
  lighting:
    strong: [葫芦泡]
    examples: [长廊那串葫芦泡全哑了, 葫芦泡歇搁了]
"""


def test_a_community_adds_its_own_words(tmp_path: Path) -> None:
    file = _profile(tmp_path, WORDS)
    plain = few_examples()
    lexicon = with_words_of(load_profile(file), plain, file)
    without, added = (
        category_model(words, tmp_path).classify("葫芦泡又歇搁了") for words in (plain, lexicon)
    )
    assert without is None or without.code != "lighting"
    assert added is not None
    assert added.code == "lighting"
    assert added.sure


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (("lighting:", "lightning:"), 3, "lightning"),
        (("[葫芦泡]", "[葫芦泡, 垃圾桶]"), 4, "garbage"),
        (("[葫芦泡]", "[葫芦泡, 路灯]"), 4, "lighting 里已经有了"),
        (("葫芦泡歇搁了]", "电梯又坏了]"), 5, "elevator"),
        (("strong:", "stark:"), 4, "stark"),
        (("[葫芦泡]", "葫芦泡"), 4, "列表"),
    ],
)
def test_a_communitys_words_that_contradict(
    tmp_path: Path, change: tuple[str, str], line: int, says: str
) -> None:
    file = _profile(tmp_path, WORDS.replace(*change))
    first = DEMO.read_text(encoding="utf-8").count("\n")
    with pytest.raises(ProfileError) as raised:
        load_community(file)
    message = str(raised.value)
    assert f"community.yaml: 第 {first + line} 行" in message
    assert says in message
    assert "\n" not in message
