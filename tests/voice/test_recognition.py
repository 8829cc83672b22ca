import shutil
import threading
from pathlib import Path

import numpy as np
import pytest

from flows.steps.doubtful import TRUSTED
from tests.voice.hearing import errors, through_a_line
from voice.codecs import decode
from voice.models.catalogue import VOSK_SMALL
from voice.recognition.model_folder import check_model
from voice.recognition.pieces import pieces
from voice.recognition.protocol import RecogniserBusy, RecogniserMissing
from voice.recognition.vosk import VoskRecogniser
from voice.sound import Sound

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


@pytest.mark.models
def test_a_stream_hears_what_a_recording_holds(recogniser: VoskRecogniser) -> None:
    sound = through_a_line(decode((CLIPS / "report_lamp.mp3").read_bytes()))
    whole = recogniser.recognise(sound)
    stream = recogniser.stream()
    partials = [stream.accept(sound.pcm[at : at + 1600]) for at in range(0, len(sound.pcm), 1600)]
    heard = stream.finish()
    assert errors(whole.text, heard.text) <= 1
    assert any(partials[: len(partials) // 2])
    assert heard.seconds == pytest.approx(sound.seconds)
    ends = [word.end for word in heard.words]
    assert ends == sorted(ends)
    assert ends[-1] <= sound.seconds + 0.1
    with pytest.raises(ValueError):
        stream.accept(b"")


@pytest.mark.models
def test_silence_noise_and_a_strange_tongue_give_little(recogniser: VoskRecogniser) -> None:
    noise = np.random.default_rng(1).normal(0, 3000, 8000 * 3).astype("<i2").tobytes()
    for pcm in (b"", bytes(100), bytes(48000), noise):
        heard = recogniser.recognise(Sound(pcm, 8000))
        assert len(heard.text) <= 3
        assert bool(heard.text) == (heard.confidence > 0)


@pytest.mark.models
def test_the_pool_ends_and_is_given_back(models: Path) -> None:
    recogniser = VoskRecogniser(models / VOSK_SMALL, streams=2)
    first, second = recogniser.stream(), recogniser.stream()
    with pytest.raises(RecogniserBusy):
        recogniser.stream()
    # A recording waits for its turn and is not refused.
    heard: list[str] = []
    sound = decode((CLIPS / "yes.mp3").read_bytes())
    waiting = threading.Thread(target=lambda: heard.append(recogniser.recognise(sound).text))
    waiting.start()
    first.close()
    first.close()
    waiting.join(60)
    assert heard
    second.finish()
    third = recogniser.stream()
    del third  # forgotten, and still given back
    recogniser.stream().close()
    recogniser.stream().close()


@pytest.mark.models
def test_a_reused_stream_remembers_nothing(models: Path) -> None:
    recogniser = VoskRecogniser(models / VOSK_SMALL, streams=1)
    pcm = through_a_line(decode((CLIPS / "status_lamp.mp3").read_bytes())).pcm
    texts = []
    for name in ("yes", "status_lamp", "no", "status_lamp"):
        stream = recogniser.stream()
        stream.accept(through_a_line(decode((CLIPS / f"{name}.mp3").read_bytes())).pcm)
        texts.append(stream.finish().text)
    assert texts[1] == texts[3]
    assert pcm


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


def test_a_long_recording_is_cut_where_it_is_quiet() -> None:
    rng = np.random.default_rng(3)
    loud = rng.normal(0, 3000, 8000 * 150).astype("<i2")
    for second in (53, 107):
        loud[second * 8000 : second * 8000 + 1600] = 0
    parts = list(pieces(loud.tobytes(), 8000))
    assert b"".join(part for _, part in parts) == loud.tobytes()
    assert [round(start) for start, _ in parts] == [0, 53, 107]
