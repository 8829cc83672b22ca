from pathlib import Path

import numpy as np
import pytest

from tests.bench.hearing.noises import NOISES
from tests.bench.voice.line import band, level
from tests.voice.hearing import through_a_line
from voice.codecs import decode
from voice.recognition.noise_meter import NoiseMeter

CLIPS = Path(__file__).parents[1] / "clips"


def samples(name: str) -> np.ndarray:
    sound = through_a_line(decode((CLIPS / f"{name}.mp3").read_bytes()))
    return np.frombuffer(sound.pcm, "<i2").astype(np.float64) / 32768


def snr(line: np.ndarray) -> float | None:
    meter = NoiseMeter()
    pcm = (np.clip(line, -1, 1) * 32767).astype("<i2").tobytes()
    for at in range(0, len(pcm), 1234):
        meter.feed(pcm[at : at + 1234])
    return meter.snr()


@pytest.mark.parametrize("name", NOISES)
@pytest.mark.parametrize("ratio", [5, 10, 15])
def test_noise_is_measured_to_a_few_decibels(name: str, ratio: int) -> None:
    line = samples("report_lamp")
    others = [samples(clip) for clip in ("status_lamp", "problem_only", "correct_building")]
    noise = band(NOISES[name](len(line), np.random.default_rng(2), others))
    measured = snr(line + noise * level(line) / level(noise) * 10 ** (-ratio / 20))
    assert measured == pytest.approx(ratio, abs=5)


def test_a_quiet_line_is_quiet_however_faint_or_shifted_the_speech_is() -> None:
    line = samples("report_lamp")
    for changed in (line, line / 10 + 0.1):
        measured = snr(changed)
        assert measured is not None
        assert measured > 25


def test_half_a_second_says_nothing() -> None:
    assert snr(np.zeros(3000)) is None
    assert snr(np.zeros(0)) is None
    silence = snr(np.zeros(8000))
    assert silence is not None
    assert silence < 5
