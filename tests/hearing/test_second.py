"""Answers as callers gave them, heard twice with the real recogniser."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.channels.calls.ear import Ear
from bot.hearing.phrases import Phrases
from bot.hearing.second import SecondHearing
from flows.community import Community
from flows.expected import Expected
from flows.heard import Prompted
from flows.understanding.heard_twice import understand_twice
from flows.understanding.understanding import Understanding
from locales.load import load_community
from tests.bench.context.sounds import HERE
from tests.support.services import FakeRecogniser
from tests.voice.hearing import through_a_line
from voice.codecs import decode
from voice.models.catalogue import VOSK_SMALL
from voice.recognition import protocol
from voice.recognition.protocol import Recognition, Rereading, Word
from voice.recognition.vosk import VoskRecogniser
from voice.sound import Sound

ROOT = Path(__file__).parents[2]
CLIPS = Path(__file__).parent / "clips"
"""Of `tests.bench.context.sounds`: far_building (zf_xiaobei), chatter (zf_xiaobei), not_solved
(zf_xiaoni)."""
PLACE = (Expected.PLACE,)
pytestmark = pytest.mark.models
READBACK = (Expected.ANSWER, Expected.PLACE)


@pytest.fixture(scope="module")
def ears() -> VoskRecogniser:
    return VoskRecogniser(ROOT / ".linsheng" / "models" / VOSK_SMALL, streams=1)


@pytest.fixture(scope="module")
def canal() -> Community:
    return load_community(HERE / "community.yaml")


def heard(
    ears: VoskRecogniser,
    community: Community,
    clip: str,
    asked: str,
    expects: tuple[Expected, ...],
) -> tuple[Prompted | None, Understanding, Understanding]:
    """The second hearing, and what is understood without and with it."""
    sound = through_a_line(decode((CLIPS / f"{clip}.mp3").read_bytes()))
    stream = ears.stream()
    stream.accept(sound.pcm)
    first = stream.finish()
    free = first.text
    prompted = SecondHearing(ears, community).of_message(sound, expects, first).get("prompted")
    at = datetime(2026, 5, 6, 10, tzinfo=UTC)
    once, twice = (
        understand_twice(free, asked=asked, community=community, at=at, prompted=second)
        for second in (None, prompted)
    )
    return prompted, once, twice


def test_a_garbled_building_is_found(ears: VoskRecogniser, canal: Community) -> None:
    """“翠苑一区十五栋三单元”: two of its characters are in no word of the model."""
    prompted, once, twice = heard(ears, canal, "far_building", "place", PLACE)
    assert once.place is None or once.place.id != "cy/15/3", "the clip no longer tells"
    assert twice.place is not None
    assert twice.place.id == "cy/15/3"
    assert prompted is not None
    assert "翠苑一区" in prompted.text, "written as it is spelt, not as it is said"


def test_chatter_is_no_answer(ears: VoskRecogniser, canal: Community) -> None:
    for asked, expects in (("place", PLACE), ("readback", READBACK)):
        _, once, twice = heard(ears, canal, "chatter", asked, expects)
        assert twice == once
        assert twice.yes_no is None
        assert twice.place is None or twice.place.id is None


def test_a_no_is_heard_as_one(ears: VoskRecogniser, canal: Community) -> None:
    _, _, twice = heard(ears, canal, "not_solved", "verdict", (Expected.ANSWER,))
    assert twice.yes_no == "no"


def test_what_is_expected_fits_a_community_of_any_size(canal: Community) -> None:
    phrases = Phrases(canal)
    places = phrases.of(PLACE)
    assert {"四十二幢", "翠苑一区", "徐记面馆", "四单元幺零幺", "二单元两百零一"} <= set(places)
    assert len(places) < 5000
    assert not phrases.of(())
    assert set(phrases.of((Expected.DIGITS,))) >= {"幺", "零", "九"}


class Rereader(FakeRecogniser):
    """Notes what is listened for again."""

    def __init__(self) -> None:
        super().__init__()
        self.wanted: list[tuple[bool, int]] = []
        self.whole: list[Sound] = []

    def recognise(self, sound: Sound) -> Recognition:
        self.whole.append(sound)
        return super().recognise(sound)

    def reread(
        self,
        sound: Sound,
        phrases: tuple[str, ...] = (),
        alternatives: int = 0,
        within: float = 1.0,
    ) -> Rereading:
        self.wanted.append((bool(phrases), alternatives))
        prompted = protocol.Prompted("对的", 1.0, 1.0, 1.0) if phrases else None
        return Rereading(prompted, ("对的", "对德") if alternatives else ())


def first(text: str, trust: float, *sure: float) -> Recognition:
    words = tuple(Word(text, 0.0, 1.0, each) for each in sure)
    return Recognition(text, min(sure, default=0.0), words, trust=trust)


SOUND = Sound(bytes(32000), 8000)


def test_what_was_heard_for_sure_is_heard_once(canal: Community) -> None:
    ears = Rereader()
    again = SecondHearing(ears, canal)
    assert again.of_message(SOUND, READBACK, first("对的", 0.97, 1.0, 1.0)) == {}
    assert again.of_message(SOUND, (), first("三幢的灯坏了", 0.97, 1.0)) == {}
    assert again.of_message(SOUND, READBACK, first("", 0.0)) == {}
    assert ears.wanted == []


def test_one_unsure_word_or_little_trust_is_heard_again(canal: Community) -> None:
    ears = Rereader()
    again = SecondHearing(ears, canal)
    for heard in (first("对的", 0.97, 1.0, 0.85), first("对的", 0.8, 1.0)):
        found = again.of_message(SOUND, READBACK, heard)["prompted"]
        assert found is not None
        assert found.text == "对的"
    # After an open question nothing is expected, but there are other readings.
    assert again.of_message(SOUND, (), first("对德", 0.5, 0.6)) == {"alternatives": ("对的",)}
    assert ears.wanted == [(True, 0), (True, 0), (False, 5)]


@pytest.mark.parametrize(("sure", "waits"), [(1.0, False), (0.8, True)])
def test_a_caller_who_was_heard_for_sure_is_not_kept_waiting(
    canal: Community, sure: float, waits: bool
) -> None:
    ear = Ear(FakeRecogniser(), SecondHearing(Rereader(), canal))
    ear.expects, ear._voiced = READBACK, 16000
    assert (ear._heard_again(first("对的", 0.97, sure)) is not None) == waits


def test_both_ways_a_message_is_heard_are_gone_once_before_the_first(canal: Community) -> None:
    ears = Rereader()
    SecondHearing(ears, canal).warm_messages(SOUND)
    assert ears.whole == [SOUND]
    assert ears.wanted == [(False, 5)]
