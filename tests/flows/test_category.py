"""The category model: floors for what `make bench-understanding` prints, and what it promises."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from flows.community import Community
from flows.understanding.learn import NOTHING, examples
from locales.built import category_model, fingerprint, path_of, second_opinion
from locales.load import load_lexicon
from tests.bench.understanding.measure import (
    accuracy,
    answer,
    calibration_error,
    coverage,
    precision,
    top_three,
)
from tests.bench.understanding.noise import corrupt
from tests.bench.understanding.texts import Labelled, read
from tests.support.lexicon import few_examples


@pytest.mark.parametrize(
    ("name", "right", "in_three"),
    [("held_out_reports", 0.91, 0.96), ("held_out_tickets", 0.91, 0.97)],
)
def test_held_out_texts(community: Community, name: str, right: float, in_three: float) -> None:
    answered = answer(read(name), community.categories.classify)
    assert accuracy(answered) >= right
    assert top_three(answered) >= in_three
    assert calibration_error(answered) <= 0.05
    assert coverage(answered) >= 0.85
    assert precision(answered) >= 0.95


@pytest.mark.parametrize(
    ("name", "right"), [("held_out_reports", 0.76), ("held_out_tickets", 0.81)]
)
def test_misheard_texts(community: Community, name: str, right: float) -> None:
    noisy = [Labelled(row.code, corrupt(row.text, 0.3, seed=1)) for row in read(name)]
    assert accuracy(answer(noisy, community.categories.classify)) >= right


def test_every_category_has_enough_examples() -> None:
    for code, words in load_lexicon().categories.items():
        assert len(words.examples) >= 60, code
        assert len(words.tickets) >= 15, code


def test_an_answer_is_no_report(community: Community) -> None:
    for text in (
        "",
        "？！",
        "你好",
        "对的",
        "三幢二单元",
        "13912345678",
        "转人工",
        "随便",
        "没听清",
    ):
        assert community.categories.classify(text) is None, text


def test_house_numbers_do_not_matter(community: Community) -> None:
    bare, placed = (
        community.categories.classify(text) for text in ("漏水了", "五幢一单元三零二漏水了")
    )
    assert bare is not None
    assert bare == placed


def test_learned_the_same_to_the_byte(tmp_path: Path) -> None:
    """In another process, where sets and dictionaries of texts have another order."""
    learn = """
import sys
from pathlib import Path
from locales.built import category_model, second_opinion
from tests.support.lexicon import few_examples
for build in (category_model, second_opinion):
    build(few_examples(), Path(sys.argv[1]))
"""
    command = [sys.executable, "-c", learn, str(tmp_path / "other")]
    subprocess.run(command, check=True, env={"PYTHONHASHSEED": "1", "PYTHONPATH": "."})
    for build in (category_model, second_opinion):
        build(few_examples(), tmp_path / "here")
    other, here = (sorted((tmp_path / name).glob("*.npz")) for name in ("other", "here"))
    assert len(here) == 2
    assert [path.name for path in other] == [path.name for path in here]
    assert [path.read_bytes() for path in other] == [path.read_bytes() for path in here]


def test_a_broken_file_is_built_anew(tmp_path: Path) -> None:
    lexicon = few_examples()
    path = path_of("categories", lexicon, tmp_path)
    path.write_bytes(b"PK\x03\x04 cut off")
    model = category_model(lexicon, tmp_path)
    again = category_model(lexicon, tmp_path)
    assert np.array_equal(model.scores("灯不亮"), again.scores("灯不亮"))
    assert path.stat().st_size < 1_000_000


def test_a_change_of_words_is_seen() -> None:
    lexicon = load_lexicon()
    categories = dict(lexicon.categories)
    lamps = categories["lighting"]
    categories["lighting"] = lamps.model_copy(update={"weak": (*lamps.weak, "葫芦")})
    changed = lexicon.model_copy(update={"categories": categories})
    assert fingerprint(changed, "categories") != fingerprint(lexicon, "categories")


def test_examples_that_report_nothing_are_apart() -> None:
    codes = {code for code, _ in examples(load_lexicon())}
    assert NOTHING in codes
    assert len(codes) == 29
