import shutil
from pathlib import Path

import numpy as np
import pytest

from flows.steps.doubtful import TRUSTED
from tests.voice.hearing import errors, through_a_line
from voice.codecs import decode
from voice.models.catalogue import VOSK_SMALL
from voice.recognition.model_folder import check_model, takes_grammars
from voice.recognition.pieces import pieces
from voice.recognition.protocol import RecogniserMissing
from voice.recognition.vosk import VoskRecogniser

CLIPS = Path(__file__).parents[1] / "clips"
ROWS = [line.split("\t") for line in (CLIPS / "clips.tsv").read_text().splitlines()[1:]]


@pytest.mark.models
@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row[0]))
def test_the_callers_clips_are_understood_over_a_line(
    row: list[str], recogniser: VoskRecogniser
) -> None:
    heard = recogniser.recognise(through_a_line(decode((CLIPS / row[0]).read_bytes())))
    assert errors(row[1], heard.text) <= 1, heard.text
    assert 0.3 < heard.confidence <= 1
    assert heard.trust >= TRUSTED
    assert heard.text not in heard.alternatives
    assert " " not in heard.text


def test_a_missing_or_broken_model_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(RecogniserMissing, match="models fetch"):
        VoskRecogniser(tmp_path / "nowhere")
    (tmp_path / "am").mkdir()
    (tmp_path / "am/final.mdl").write_bytes(b"")
    with pytest.raises(RecogniserMissing, match="models fetch"):
        VoskRecogniser(tmp_path)


@pytest.mark.models
def test_a_model_of_wrong_bytes_is_refused_before_vosk_sees_it(
    models: Path, tmp_path: Path
) -> None:
    broken = tmp_path / VOSK_SMALL
    shutil.copytree(models / VOSK_SMALL, broken)
    graph = broken / "graph/HCLr.fst"
    graph.write_bytes(graph.read_bytes()[:-1000] + bytes(1000))
    with pytest.raises(RecogniserMissing, match="坏了"):
        check_model(broken)


def test_only_a_graph_in_two_parts_takes_a_grammar(models: Path, tmp_path: Path) -> None:
    """Small models have one; the large Chinese one does not, and is complete without."""
    assert takes_grammars(models / VOSK_SMALL)
    for name in ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf", "ivector/final.ie",
                 "graph/HCLG.fst"):  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    check_model(tmp_path)
    assert not takes_grammars(tmp_path)


def test_a_long_recording_is_cut_where_it_is_quiet() -> None:
    rng = np.random.default_rng(3)
    loud = rng.normal(0, 3000, 8000 * 150).astype("<i2")
    for second in (53, 107):
        loud[second * 8000 : second * 8000 + 1600] = 0
    parts = list(pieces(loud.tobytes(), 8000))
    assert b"".join(part for _, part in parts) == loud.tobytes()
    assert [round(start) for start, _ in parts] == [0, 53, 107]
