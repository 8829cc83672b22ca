"""What every recogniser must do: Vosk, each kind of sherpa-onnx model written small, and whatever
trained models lie in the models folder."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.voice.hearing import errors, through_a_line
from tests.voice.tiny_onnx import SYLLABLE, write
from voice.codecs import decode, resample
from voice.models.catalogue import VOSK_SMALL
from voice.recognition.engine import check, open_engine
from voice.recognition.onnx_folder import Kind
from voice.recognition.pool.pool import Pool
from voice.recognition.protocol import Recogniser, RecogniserBusy, RecogniserMissing
from voice.sound import Sound

CLIPS = Path(__file__).parents[1] / "clips"
MODELS = Path(__file__).parents[2] / ".linsheng" / "models"
SAID = "你好我要报修三幢二单元楼道里的灯不亮了黑漆漆的看不见"


def _folders() -> Iterator[str]:
    yield VOSK_SMALL
    yield from (kind.name for kind in Kind)
    for folder in sorted(MODELS.glob("*")):
        try:
            if folder.name != VOSK_SMALL and check(folder):
                yield folder.name
        except RecogniserMissing:
            continue


@pytest.fixture(scope="module", params=_folders())
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a model."""
    name: str = request.param
    if name not in Kind.__members__:
        return MODELS / name
    return write(tmp_path_factory.mktemp("tiny") / name, Kind[name])


@pytest.fixture(scope="module")
def engine(folder: Path) -> Recogniser:
    return open_engine(folder, streams=2)


def clip(name: str = "report_lamp") -> Sound:
    return through_a_line(decode((CLIPS / f"{name}.mp3").read_bytes()))


def untrained(folder: Path) -> bool:
    return folder.name in Kind.__members__


@pytest.mark.models
def test_a_recording_and_a_stream_are_heard_alike(engine: Recogniser, folder: Path) -> None:
    sound = clip()
    whole = engine.recognise(sound)
    assert set(whole.text) == {SYLLABLE} if untrained(folder) else errors(SAID, whole.text) <= 3
    assert 0.3 < whole.confidence <= 1
    assert 0 < whole.trust <= 1
    stream = engine.stream()
    partials = [stream.accept(sound.pcm[at : at + 1600]) for at in range(0, len(sound.pcm), 1600)]
    heard = stream.finish()
    assert errors(whole.text, heard.text) <= 1
    assert any(partials[: len(partials) // 2]), "nothing is known while somebody speaks"
    assert heard.seconds == pytest.approx(sound.seconds)
    assert [word.end for word in heard.words] == sorted(word.end for word in heard.words)
    assert heard.words[-1].end <= sound.seconds + 0.1
    assert " " not in heard.text
    with pytest.raises(ValueError):
        stream.accept(b"")


@pytest.mark.models
def test_silence_and_very_short_sounds_are_nothing(engine: Recogniser) -> None:
    for pcm in (b"", bytes(100), bytes(48000)):
        heard = engine.recognise(Sound(pcm, 8000))
        assert len(heard.text) <= 1
        assert bool(heard.text) == (heard.confidence > 0)
        stream = engine.stream()
        stream.accept(pcm)
        assert len(stream.finish().text) <= 1


@pytest.mark.models
def test_noise_gives_little(engine: Recogniser, folder: Path) -> None:
    noise = np.random.default_rng(1).normal(0, 3000, 8000 * 3).astype("<i2").tobytes()
    assert len(engine.recognise(Sound(noise, 8000)).text) <= 3


@pytest.mark.models
def test_streams_are_limited_and_given_back(engine: Recogniser) -> None:
    first, second = engine.stream(), engine.stream()
    with pytest.raises(RecogniserBusy):
        engine.stream()
    # A recording waits for its turn and is not refused.
    heard: list[str] = []
    waiting = threading.Thread(target=lambda: heard.append(engine.recognise(clip("yes")).text))
    waiting.start()
    first.close()
    first.close()
    waiting.join(60)
    assert heard
    second.finish()
    third = engine.stream()
    del third  # forgotten, and still given back
    engine.stream().close()
    engine.stream().close()


@pytest.mark.models
def test_the_next_utterance_knows_nothing_of_the_last(engine: Recogniser) -> None:
    texts = []
    for name in ("yes", "status_lamp", "no", "status_lamp"):
        stream = engine.stream()
        stream.accept(clip(name).pcm)
        texts.append(stream.finish().text)
    assert texts[1] == texts[3]


@pytest.mark.parametrize("kind", list(Kind))
def test_it_works_forked_and_heals(kind: Kind, tmp_path: Path) -> None:
    """In processes that were forked after the model was loaded, as Vosk does in `test_pool.py`."""
    pool = Pool(write(tmp_path / "tiny", kind), streams=1, patience=5.0)
    try:
        sound = clip("status_lamp")
        stream = pool.stream()
        stream.accept(sound.pcm[:16000])
        pool._live._all[0].kill()
        stream.accept(sound.pcm[16000:])
        assert errors(stream.finish().text, pool.recognise(sound).text) <= 1
        assert pool.reread(sound, ("对",), within=5).prompted is None, "it takes no grammar"
    finally:
        pool.close()


@pytest.mark.parametrize("kind", [Kind.SENSE_VOICE, Kind.PARAFORMER])
def test_long_speech_is_settled_piece_by_piece(kind: Kind, tmp_path: Path) -> None:
    """What a model for whole sounds is given never grows beyond what it can take."""
    engine = open_engine(write(tmp_path / "tiny", kind), streams=1)
    loud = np.random.default_rng(2).normal(0, 5000, 8000 * 3).astype("<i2").tobytes()
    pcm = (loud + bytes(16000)) * 12
    stream = engine.stream()
    lengths = [len(stream.accept(pcm[at : at + 1600])) for at in range(0, len(pcm), 1600)]
    heard = stream.finish()
    assert lengths == sorted(lengths), "what was settled came undone"
    assert len(heard.text) >= 3
    assert [word.start for word in heard.words] == sorted(word.start for word in heard.words)
    assert heard.words[-1].end == pytest.approx(48.0, abs=0.2)
    assert len(engine.recognise(Sound(pcm, 8000)).text) >= 2


def test_a_wide_recording_is_heard_at_its_own_rate(tmp_path: Path) -> None:
    engine = open_engine(write(tmp_path / "tiny", Kind.SENSE_VOICE), streams=1)
    sound = resample(clip(), 24000)
    heard = engine.recognise(sound)
    assert heard.seconds == pytest.approx(sound.seconds)
    assert heard.words[-1].end == pytest.approx(sound.seconds, abs=0.1)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("lost", ["tokens.txt", "*.onnx"])
def test_what_lacks_in_a_folder_is_named(kind: Kind, lost: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "tiny", kind)
    file = sorted(folder.glob(lost))[0]  # of several the decoder, without which one still knows it
    file.write_bytes(b"")
    with pytest.raises(RecogniserMissing, match=r"缺|不认得"):
        check(folder)
    file.unlink()
    with pytest.raises(RecogniserMissing, match=r"缺|models fetch"):
        check(folder)


def test_a_foreign_model_is_no_riddle(tmp_path: Path) -> None:
    for content in (b"", b"\x08", b"GIF89a" * 100, bytes(range(256)) * 8):
        (tmp_path / "model.onnx").write_bytes(content)
        with pytest.raises(RecogniserMissing, match="会用的是 SenseVoice"):
            check(tmp_path)


def test_the_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path / "tiny", Kind.PARAFORMER)
    monkeypatch.setattr("voice.recognition.engine.find_spec", lambda name: None)
    with pytest.raises(RecogniserMissing, match=r"pip install -e '.\[sherpa\]'"):
        check(folder)


def test_a_model_that_cannot_be_loaded_is_one_clear_line(tmp_path: Path) -> None:
    """sherpa-onnx ends the process over it: not ours."""
    folder = write(tmp_path / "tiny", Kind.PARAFORMER)
    model = folder / "model.onnx"
    model.write_bytes(model.read_bytes().replace(b"neg_mean", b"neg_meal"))
    with pytest.raises(RecogniserMissing, match="语音识别进程起不来"):
        Pool(folder, streams=1)


def test_the_smaller_of_two_models_is_taken(tmp_path: Path) -> None:
    folder = write(tmp_path / "tiny", Kind.PARAFORMER)
    whole = folder / "model.onnx"
    (folder / "model.int8.onnx").write_bytes(whole.read_bytes())
    whole.write_bytes(b"broken")
    assert "Paraformer" in check(folder)
    assert open_engine(folder).recognise(clip("yes")).text == SYLLABLE
