from dataclasses import replace

import numpy as np
import pytest

from tests.bench.hearing.noises import NOISES
from tests.bench.voice.line import band, level
from tests.voice.test_noise_meter import samples
from voice.recognition.protocol import Recognition, Word
from voice.recognition.trust import is_strange, trust
from voice.recognition.vosk import VoskRecogniser

TEXT = "三幢二单元楼道里的灯坏了"


def heard(confidence: float, snr: float | None = 30.0, text: str = TEXT) -> Recognition:
    words = tuple(Word(c, at / 5, at / 5 + 0.2, confidence) for at, c in enumerate(text))
    return Recognition(text, confidence, words, snr=snr)


def test_it_follows_the_words_the_noise_and_the_length() -> None:
    assert trust(heard(0.95)) > trust(heard(0.7)) > trust(heard(0.4))
    assert trust(heard(0.8, 25)) > trust(heard(0.8, 15)) > trust(heard(0.8, 5))
    assert trust(heard(0.8, text="对的")) > trust(heard(0.8))
    assert trust(heard(0.8, None)) == trust(heard(0.8, 20))
    assert trust(Recognition("", 0.0)) == 0
    assert trust(heard(0.95)) > 0.7
    assert trust(heard(0.45, 5)) < 0.2


def test_strange_is_long_unsure_and_on_a_clear_line() -> None:
    strange = heard(0.6)
    assert is_strange(strange)
    assert not is_strange(heard(0.9))
    assert not is_strange(heard(0.6, 10))
    assert not is_strange(heard(0.6, None))
    assert not is_strange(replace(strange, text="三幢二单元"))


@pytest.mark.models
def test_noise_costs_trust(recogniser: VoskRecogniser) -> None:
    line = samples("problem_only")
    clean = _hear(recogniser, line)
    others = [samples(clip) for clip in ("status_lamp", "yes", "correct_building")]
    noise = band(NOISES["street"](len(line), np.random.default_rng(2), others))
    noisy = _hear(recogniser, line + noise * level(line) / level(noise) * 10 ** (3 / 20))
    assert clean.trust > 0.7
    assert noisy.trust < clean.trust - 0.3
    assert noisy.snr is not None
    assert noisy.snr < 8
    assert not clean.strange
    assert not noisy.strange


def _hear(recogniser: VoskRecogniser, line: np.ndarray) -> Recognition:
    stream = recogniser.stream()
    stream.accept((np.clip(line, -1, 1) * 32767).astype("<i2").tobytes())
    return stream.finish()
