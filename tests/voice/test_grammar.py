"""A turn heard a second time, knowing what was asked."""

import logging
from pathlib import Path

import pytest

from tests.voice.hearing import through_a_line
from voice.codecs import decode
from voice.recognition.grammar import Rereader
from voice.recognition.spell import Speller
from voice.recognition.vosk import VoskRecogniser
from voice.sound import Sound

CLIPS = Path(__file__).parents[1] / "clips"
NUMBERS = "一二三四五六七八九十"
HOUSES = tuple(f"{n}{kind}" for n in NUMBERS for kind in ("幢", "撞", "栋", "号楼"))
STAIRS = tuple(f"{n}单元" for n in "一二三四")


def clip(name: str) -> Sound:
    return through_a_line(decode((CLIPS / f"{name}.mp3").read_bytes()))


def test_a_misheard_building_is_heard_by_who_expects_one(recogniser: VoskRecogniser) -> None:
    sound = clip("place_only")
    assert "三" not in recogniser.recognise(sound).text, "the clip no longer tells"
    found = recogniser.reread(sound, HOUSES + STAIRS, within=30).prompted
    assert found is not None
    assert found.text in ("三幢二单元", "三撞二单元")
    assert found.share == 1


def test_speech_that_is_none_of_it_stays_unknown(recogniser: VoskRecogniser) -> None:
    found = recogniser.reread(clip("status_lamp"), HOUSES + STAIRS, within=30).prompted
    assert found is not None
    assert found.share < 0.4


def test_other_readings_are_had_where_they_are_wanted(recogniser: VoskRecogniser) -> None:
    sound = clip("problem_only")
    found = recogniser.reread(sound, alternatives=10, within=30)
    assert found.prompted is None
    assert 2 <= len(found.alternatives) <= 10
    assert found.alternatives[0] == recogniser.recognise(sound).text
    assert not recogniser.reread(sound).alternatives


def test_what_is_not_done_in_time_is_left_out(recogniser: VoskRecogniser) -> None:
    found = recogniser.reread(clip("place_only"), HOUSES, alternatives=10, within=0)
    assert found.prompted is None
    assert not found.alternatives
    # and the next one is heard from its beginning
    again = recogniser.reread(clip("place_only"), HOUSES + STAIRS, within=30).prompted
    assert again is not None
    assert again.share == 1


def test_a_model_without_a_runtime_graph_is_given_no_grammar(recogniser: VoskRecogniser) -> None:
    """Vosk would decode the open vocabulary, and all of it would pass for what was expected."""
    rereader = Rereader(recogniser._model, 8000, grammars=False)
    found = rereader.reread(clip("status_lamp").pcm, HOUSES, 3, 30)
    assert found.prompted is None
    assert found.alternatives


def test_words_outside_the_list_are_spelt_in_pieces(caplog: pytest.LogCaptureFixture) -> None:
    speller = Speller({"高空", "抛", "物", "新村", "和睦", "愿"}.__contains__)
    with caplog.at_level(logging.WARNING):
        spelt = speller.spell(["高空抛物", "和睦新村", "翠苑新村", "和 睦"])
        assert spelt == ["高空 抛 物", "和睦 新村", "和睦"]
        assert "翠苑新村" in caplog.text
        caplog.clear()
        speller.spell(["翠苑新村"])
        assert not caplog.text, "said again and again"


def test_a_character_outside_the_list_is_spelt_by_its_sound() -> None:
    assert Speller({"愿"}.__contains__).spell(["苑"]) == ["愿"]


def test_the_model_holds_no_苑_but_its_sound(recogniser: VoskRecogniser) -> None:
    model = recogniser._model
    assert model.vosk_model_find_word("苑") < 0
    speller = Speller(lambda word: model.vosk_model_find_word(word) >= 0)
    (spelt,) = speller.spell(["翠苑一区"])
    assert all(model.vosk_model_find_word(word) >= 0 for word in spelt.split())
    assert len(spelt.replace(" ", "")) == 4
