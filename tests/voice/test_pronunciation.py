"""Words with several readings: what the engine is told to say, syllable by syllable."""

from pathlib import Path

import pytest

from locales.load import load_community
from locales.pronunciation import fits, pronunciation
from voice.synthesis.cache import Cache
from voice.synthesis.kokoro_phonemes import syllables, tokens
from voice.synthesis.pronounce import Pronunciation, unmarked

TABLE = [
    line.split("\t")
    for line in (Path(__file__).parent / "pronunciation.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
PROFILE = load_community().profile
SAID = Pronunciation(pronunciation(PROFILE))


@pytest.mark.parametrize(("sentence", "part", "said"), TABLE, ids=[row[0] for row in TABLE])
def test_read_as_people_read_it(sentence: str, part: str, said: str) -> None:
    spoken = syllables(SAID.mark(sentence))
    at = sentence.index(part)
    assert spoken[at : at + len(part)] == said.split()


def test_a_community_adds_its_own_names() -> None:
    profile = PROFILE.model_copy(update={"pronunciation": {"单家弄": "shan4 jia1 long4"}})
    words = pronunciation(profile)
    assert Pronunciation(words).mark("单家弄口") == "单[shan4]家[jia1]弄[long4]口"


def test_every_listed_reading_fits_its_word() -> None:
    words = pronunciation(PROFILE)
    assert len(words) > 300
    for word, said in words.items():
        assert fits(word[: len(said.split())], said), word


def test_marks_are_for_the_engine_alone() -> None:
    marked = SAID.mark("单师傅来了一次。")
    assert unmarked(marked)[0] == "单师傅来了一次。"
    assert SAID.mark(marked) == marked
    assert tokens(marked) != tokens("单师傅来了一次。")
    assert tokens("好[hao3]。") == tokens("好。")


def test_a_changed_reading_is_a_new_sound(tmp_path: Path) -> None:
    from tests.support.services import FakeSynthesiser

    plain = Cache(FakeSynthesiser(), tmp_path)
    other = Cache(FakeSynthesiser(), tmp_path, pronunciation=Pronunciation({"单": "shan4"}))
    plain.speak("单师傅来了。")
    plain.speak("灯亮了。")
    assert not other.has("单师傅来了。")
    assert other.has("灯亮了。")
