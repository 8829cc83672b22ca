import numpy as np
import pytest

from voice.recognition.front_end import FrontEnd

TIME = np.arange(8000) / 8000


def fed(samples: np.ndarray, chunk: int = 1600) -> np.ndarray:
    front = FrontEnd()
    pcm = np.clip(samples, -32768, 32767).astype("<i2").tobytes()
    out = b"".join(front.feed(pcm[at : at + chunk]) for at in range(0, len(pcm), chunk))
    assert len(out) == len(pcm)
    return np.frombuffer(out, "<i2").astype(np.float64)


def tone(peak: float) -> np.ndarray:
    return np.asarray(peak * np.sin(2 * np.pi * 200 * TIME))


def test_ordinary_speech_passes_as_it_is() -> None:
    assert np.abs(fed(tone(6000)) - tone(6000)).max() <= 1


@pytest.mark.parametrize(("before", "after"), [(200, 3200), (30, 480), (30000, 9800)])
def test_faint_is_raised_and_loud_lowered(before: float, after: float) -> None:
    assert np.abs(fed(tone(before))).max() == pytest.approx(after, rel=0.06)


def test_what_grows_loud_is_never_cut_off_by_the_gain() -> None:
    grown = fed(np.concatenate([tone(100), tone(30000)]))
    assert np.abs(grown[8000:]).max() < 20000


def test_an_offset_is_taken_away() -> None:
    assert abs(fed(tone(6000) + 3000).mean()) < 10
    assert np.abs(fed(np.full(8000, 500.0))).max() < 10


def test_cut_off_peaks_come_nearer_to_what_they_were() -> None:
    whole = tone(45000)
    front, cut = fed(whole), np.clip(whole, -32256, 32256)
    near = np.dot(front, whole) / np.linalg.norm(front) / np.linalg.norm(whole)
    cut_near = np.dot(cut, whole) / np.linalg.norm(cut) / np.linalg.norm(whole)
    assert near > cut_near


def test_nothing_and_silence_stay_so() -> None:
    assert FrontEnd().feed(b"") == b""
    assert not fed(np.zeros(8000)).any()
