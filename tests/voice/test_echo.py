"""Our own prompt, come back over a speakerphone, and the resident's voice beside it."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from voice.codecs import alaw_decode, alaw_encode, decode
from voice.echo import EchoGate

CLIPS = Path(__file__).parents[1] / "clips"
CHUNK = 1600
Sound = NDArray[np.float64]


def clips(*names: str) -> Sound:
    parts = [decode((CLIPS / f"{name}.mp3").read_bytes(), 8000).pcm for name in names]
    gap = bytes(3200)
    return np.frombuffer(gap.join(parts), "<i2").astype(np.float64)


def over_a_line(sound: Sound) -> bytes:
    noise = np.random.default_rng(3).normal(0, 8, len(sound))
    pcm = np.clip(sound + noise, -32768, 32767).astype("<i2").tobytes()
    return alaw_decode(alaw_encode(pcm))


def echo(prompt: Sound, decibels: float, delay: float) -> Sound:
    """Attenuated, late, and coloured by a small room."""
    rng = np.random.default_rng(5)
    room = rng.normal(0, 0.12, 400) * np.exp(-np.arange(400) / 120)
    room[0] = 1
    late = np.zeros(len(prompt))
    at = int(delay * 8000)
    late[at:] = np.convolve(prompt, room)[: len(prompt) - at]
    return late * 10 ** (decibels / 20)


def gated(came: bytes, prompt: Sound) -> list[tuple[bool, float]]:
    """For every 100 ms, whether it is an echo, and how loud it is."""
    gate, played = EchoGate(), prompt.astype("<i2").tobytes()
    found = []
    for at in range(0, len(came) - CHUNK, CHUNK):
        chunk = came[at : at + CHUNK]
        samples = np.frombuffer(chunk, "<i2").astype(float)
        loud = float(np.sqrt((samples**2).mean()))
        found.append((gate.is_echo(chunk, played[at : at + CHUNK]), loud))
    return found


PROMPT = clips("report_lamp", "wechat_voice", "status_lamp", "slow")
OWN = clips("problem_only", "place_only", "emergency", "go_on", "correct_building", "person")
OWN = np.resize(OWN, len(PROMPT))


@pytest.mark.parametrize("delay", [0.05, 0.15, 0.3])
@pytest.mark.parametrize("decibels", [-8, -15, -25])
def test_an_echo_is_told_whatever_its_delay(decibels: float, delay: float) -> None:
    found = gated(over_a_line(echo(PROMPT, decibels, delay)), PROMPT)
    audible = [is_echo for is_echo, loud in found if loud > 60]
    assert np.mean(audible) > 0.88


@pytest.mark.parametrize("level", [1.0, 0.5])
@pytest.mark.parametrize("decibels", [-60, -20])
def test_a_resident_over_the_prompt_is_heard_through_its_echo(
    level: float, decibels: float
) -> None:
    came = over_a_line(OWN * level + echo(PROMPT, decibels, 0.12))
    own = [is_echo for is_echo, loud in gated(came, PROMPT) if loud > 900 * level]
    assert np.mean(own) < 0.06


def test_in_silence_there_is_no_echo() -> None:
    found = gated(over_a_line(OWN), np.zeros(len(OWN)))
    assert not any(is_echo for is_echo, _ in found)
    hiss = gated(over_a_line(np.zeros(len(PROMPT))), PROMPT)
    assert not any(is_echo for is_echo, _ in hiss)
