"""End of turn on real speech, on the clips and on sound that is none."""

from pathlib import Path

import numpy as np
import pytest

from voice.codecs import decode
from voice.endpointing import Endpoint, Endpointer, EndpointSettings

CLIPS = Path(__file__).parents[1] / "clips"
STARTED, PAUSED, ENDED, NOTHING = Endpoint


def clip(name: str) -> bytes:
    return decode((CLIPS / f"{name}.mp3").read_bytes(), 8000).pcm


def quiet(seconds: float) -> bytes:
    """A line's soft hiss: digital silence is too easy."""
    noise = np.random.default_rng(7).normal(0, 12, int(seconds * 8000))
    return noise.astype("<i2").tobytes()


def listen(
    pcm: bytes, settings: EndpointSettings | None = None, chunk: int = 320
) -> list[tuple[float, Endpoint]]:
    ears = Endpointer(settings)
    return [
        (round((at + chunk) / 16000, 2), endpoint)
        for at in range(0, len(pcm), chunk)
        for endpoint in ears.feed(pcm[at : at + chunk])
    ]


def kinds(found: list[tuple[float, Endpoint]]) -> list[Endpoint]:
    return [endpoint for _, endpoint in found]


def test_a_report_with_thinking_pauses_is_one_turn() -> None:
    pcm = quiet(1) + clip("place_only") + quiet(0.8) + clip("problem_only") + quiet(2)
    found = listen(pcm)
    assert kinds(found)[0] is STARTED
    assert kinds(found).count(ENDED) == 1
    assert PAUSED in kinds(found)
    talked = 1 + (len(clip("place_only")) + len(clip("problem_only"))) / 16000 + 0.8
    assert talked + 0.6 < found[-1][0] < talked + 1.5  # old listeners: 0.6 to 1.5 s is best


def test_a_shorter_silence_ends_a_yes_sooner() -> None:
    pcm = quiet(0.5) + clip("yes_short") + quiet(2)
    patient, quick = listen(pcm), listen(pcm, EndpointSettings(end=0.7))
    assert kinds(patient)[-1] is kinds(quick)[-1] is ENDED
    assert patient[-1][0] - quick[-1][0] == pytest.approx(0.4, abs=0.07)


def test_whoever_knows_the_words_says_how_long_to_wait() -> None:
    ears = Endpointer()
    ears.feed(quiet(0.5) + clip("place_only"))
    ears.wait(2.6)
    assert ENDED not in ears.feed(quiet(2.0))
    ears.wait(2.2)
    assert ENDED in ears.feed(quiet(0.5))


def test_a_wait_is_for_one_pause_and_pauses_are_counted() -> None:
    ears = Endpointer()
    ears.feed(quiet(0.5) + clip("place_only"))
    ears.wait(2.6)
    ears.feed(quiet(1.5) + clip("place_only"))
    assert max(ears.pauses) == pytest.approx(1.5, abs=0.35)
    assert ENDED in ears.feed(quiet(1.5))


def test_packets_do_not_matter() -> None:
    pcm = quiet(0.5) + clip("report_lamp") + quiet(2)
    fine, coarse = listen(pcm, chunk=2), listen(pcm, chunk=8000)
    assert kinds(fine) == kinds(coarse) == kinds(listen(pcm))


@pytest.mark.parametrize("name", ["yes_short", "no", "place_only", "report_lamp", "emergency"])
def test_the_pre_roll_holds_the_beginning(name: str) -> None:
    speech = clip(name)
    ears = Endpointer()
    ears.feed(quiet(3))
    for at in range(0, len(speech), 320):
        if STARTED in ears.feed(speech[at : at + 320]):
            assert len(ears.pre_roll()) >= at + 320 - 512  # the part of a window not yet seen
            return
    pytest.fail("never heard")


def test_silence_is_said_once_and_noise_is_no_speech() -> None:
    rng = np.random.default_rng(1)
    hiss = rng.normal(0, 1500, 8000 * 20).astype("<i2").tobytes()
    hum = (np.sin(np.arange(8000 * 20) * 2 * np.pi * 50 / 8000) * 5000).astype("<i2").tobytes()
    for sound in (bytes(16000 * 20), quiet(20), hiss, hum):
        found = listen(sound)
        assert kinds(found) == [NOTHING]
        assert found[0][0] == pytest.approx(8.0, abs=0.1)


def test_music_on_hold_never_hangs_the_turn() -> None:
    at = np.arange(8000 * 70) / 8000
    notes = 220 * 2 ** (np.floor(at * 3) % 12 / 12)
    phase = 2 * np.pi * np.cumsum(notes) / 8000
    tune = np.sin(phase) + np.sin(phase * 2) / 2 + np.sin(phase * 3) / 3
    found = kinds(listen((tune * 5000).astype("<i2").tobytes()))
    assert found.count(STARTED) - found.count(ENDED) in (0, 1)
    assert NOTHING in found or ENDED in found


def test_a_minute_of_talk_ends_the_turn_and_listening_goes_on() -> None:
    sentence = clip("report_lamp")
    pcm = sentence * (int(75 * 16000 / len(sentence)) + 1) + quiet(2)
    found = listen(pcm)
    ends = [at for at, endpoint in found if endpoint is ENDED]
    assert len(ends) == 2
    assert ends[0] == pytest.approx(60, abs=1.5)
    assert kinds(found).count(STARTED) == 2


def test_reset_forgets_and_takes_new_settings() -> None:
    ears = Endpointer()
    ears.feed(clip("report_lamp"))
    assert ears.speaking
    ears.reset(EndpointSettings(no_speech=2.0))
    assert not ears.speaking
    assert ears.feed(quiet(2.1)) == [NOTHING]
