"""What interrupts a prompt and what does not: the real ear, on real speech and on what is none."""

from pathlib import Path

import numpy as np
import pytest

from bot.channels.calls.ear import Ear, Noticed, Sign
from bot.channels.calls.patience import patience
from flows.effects import Pace
from tests.phone.fakes import community
from tests.support.service import SHARED
from tests.voice.test_echo import OWN, PROMPT, clips, echo, over_a_line
from voice.recognition.vosk import VoskRecogniser

VOSK: Path = SHARED / "models" / "vosk-model-small-cn-0.22"
pytestmark = [
    pytest.mark.models,
    pytest.mark.skipif(not VOSK.exists(), reason="needs the Vosk model: make setup"),
]
CHUNK = 1600


@pytest.fixture(scope="module")
def recogniser() -> VoskRecogniser:
    return VoskRecogniser(VOSK, streams=1)


def over_a_prompt(recogniser: VoskRecogniser, came: bytes, played: bytes = b"") -> list[Noticed]:
    ear = Ear(recogniser)
    ear.guard(patience("readback", Pace.NORMAL, community()))
    found = []
    for at in range(0, len(came), CHUNK):
        found += ear.take(came[at : at + CHUNK], played[at : at + CHUNK])
    ear.close()
    return found


def burst(seconds: float, decay: float, low: float) -> np.ndarray:
    """Noise that dies away: a door, a cough, a breath."""
    rng = np.random.default_rng(2)
    at = np.arange(int(seconds * 8000)) / 8000
    noise = rng.normal(0, 1, len(at))
    soft = np.convolve(noise, np.ones(int(low)) / low, mode="same")
    return soft * np.exp(-at / decay) * 9000


def test_a_cough_a_door_and_a_breath_do_not_interrupt(recogniser: VoskRecogniser) -> None:
    gap = np.zeros(8000)
    cough = np.concatenate([burst(0.25, 0.08, 3), burst(0.3, 0.1, 3)])
    sounds = [gap, burst(0.4, 0.05, 9), gap, cough, gap, burst(0.9, 0.5, 2) * 0.2, gap, gap]
    assert over_a_prompt(recogniser, over_a_line(np.concatenate(sounds))) == []


@pytest.mark.parametrize("delay", [0.05, 0.3])
def test_the_prompt_does_not_interrupt_itself(recogniser: VoskRecogniser, delay: float) -> None:
    played = PROMPT.astype("<i2").tobytes()
    came = over_a_line(echo(PROMPT, -10, delay))
    assert over_a_prompt(recogniser, came, played) == []
    # The same sound, had nothing been played, is speech.
    assert over_a_prompt(recogniser, came, bytes(len(played)))


def test_a_resident_interrupts_through_the_echo(recogniser: VoskRecogniser) -> None:
    own = np.zeros(len(PROMPT))
    said = clips("correct_building")
    own[8000 : 8000 + len(said)] = said
    prompt = PROMPT.copy()
    prompt[8000 + 6400 :] = 0  # where it is stopped
    came = over_a_line(own + echo(prompt, -15, 0.15))
    found = over_a_prompt(recogniser, came, prompt.astype("<i2").tobytes())
    first, spoken = found[0], found[1]
    assert first.sign is Sign.INTERRUPTED
    assert first.until - first.began < 1.0
    assert 0.7 < spoken.began < 1.5
    assert spoken.recognition
    assert "不是" in spoken.recognition.text


def test_speech_interrupts_soon_and_is_kept_from_its_beginning(
    recogniser: VoskRecogniser,
) -> None:
    came = over_a_line(np.concatenate([np.zeros(8000), OWN[: 8000 * 4], np.zeros(8000 * 4)]))
    found = over_a_prompt(recogniser, came)
    assert found[0].sign is Sign.INTERRUPTED
    assert found[0].until < 1.0 + 0.9


@pytest.mark.parametrize("decibels", [-8, -20])
def test_the_echo_of_a_nod_does_not_prolong_a_pause(
    recogniser: VoskRecogniser, decibels: float
) -> None:
    story, nod = clips("report_lamp"), clips("yes")[:4000] * 0.6
    quiet = np.zeros(len(story) + 8000 * 6)
    played = quiet.copy()
    came = quiet + np.pad(story, (0, 8000 * 6))
    at = len(story) + int(1.3 * 8000)
    played[at : at + len(nod)] = nod
    ear = Ear(recogniser)
    ear.attend(patience("opening", Pace.NORMAL, community()))
    sound, ours = over_a_line(came + echo(played, decibels, 0.15)), played.astype("<i2").tobytes()
    found = []
    for chunk in range(0, len(sound) - CHUNK, CHUNK):
        found += ear.take(sound[chunk : chunk + CHUNK], ours[chunk : chunk + CHUNK])
    ear.close()
    assert [noticed.sign for noticed in found] == [Sign.LULL, Sign.UTTERANCE]
    assert max(found[1].pauses) < 1
    assert found[1].until - len(story) / 8000 < 3.1
