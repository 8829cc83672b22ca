"""Profiles and word lists: a mistake is one clear line that names the file and the place."""

from pathlib import Path

import pytest

from locales.load import DEMO, ProfileError, load_community, load_lexicon

CODES = [
    "lighting",
    "elevator",
    "water_supply",
    "leak",
    "drain",
    "power",
    "gas",
    "building_damage",
    "road",
    "garbage",
    "odor_pollution",
    "noise",
    "parking",
    "ebike_charging",
    "fire_lane",
    "street_vending",
    "illegal_construction",
    "pets",
    "trees_green",
    "pests",
    "public_security",
    "neighbour_dispute",
    "property_service",
    "elderly_help",
    "health_help",
    "policy_question",
    "suggestion",
    "other",
]


def test_the_demo_community() -> None:
    community = load_community()
    assert community.profile.name == "和睦社区"
    assert community.profile.hotline == "0571-88880000"
    place = community.gazetteer.place("hm/24/3/601")
    assert place is not None
    assert place.text == "24幢3单元601室"
    assert community.gazetteer.place("hm/25") is None


def test_all_categories_are_authored() -> None:
    categories = load_lexicon().categories
    assert list(categories) == CODES
    for words in categories.values():
        assert words.strong
        assert len(set(words.examples)) == len(words.examples)
        assert len(words.examples) >= 8
    assert categories["lighting"].label == "路灯照明"


def test_no_example_stands_under_two_categories() -> None:
    seen: dict[str, str] = {}
    for code, words in load_lexicon().categories.items():
        for example in words.examples:
            assert seen.setdefault(example, code) == code


def _profile(tmp_path: Path, change: tuple[str, str]) -> Path:
    text = DEMO.read_text(encoding="utf-8")
    assert change[0] in text
    file = tmp_path / "community.yaml"
    file.write_text(text.replace(*change), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("name: 和睦社区", "nmae: 和睦社区"), "nmae"),
        (("name: 和睦社区", "name: 和睦社区\nname: 别的"), "第 3 行"),
        (("name: 和睦社区", "name: [和睦社区"), "行写法有误"),
        (("count: 24", "count: 0"), "buildings"),
        (("lighting: wy", "lightning: wy"), "lightning"),
        (("lighting: wy", "lighting: nobody"), "nobody"),
        (("- id: hm ", "- id: 和睦 "), "id"),
        (("kind: property", "kind: firm"), "kind"),
        (("name: 和睦新村", "name: 和睦新村\n    color: red"), "color"),
        (("policy_question: 3", "policy: 3"), "policy"),
        (("policy_question: 3", "policy_question: soon"), "policy_question"),
        (("close_after: 7", "close_after: 2"), "close_after"),
        (("ask_again_after: 3", "ask_again_after: 0"), "ask_again_after"),
    ],
)
def test_a_mistake_is_one_clear_line(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    with pytest.raises(ProfileError) as raised:
        load_community(_profile(tmp_path, change))
    message = str(raised.value)
    assert "community.yaml" in message
    assert says in message
    assert "\n" not in message


def test_files_that_are_no_profile(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="没有这个文件"):
        load_community(tmp_path / "none.yaml")
    binary = tmp_path / "b.yaml"
    binary.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(ProfileError):
        load_community(binary)
    listing = tmp_path / "l.yaml"
    listing.write_text("- a\n- b\n")
    with pytest.raises(ProfileError):
        load_community(listing)


def test_houses_one_by_one(tmp_path: Path) -> None:
    houses = "buildings: [{name: 1幢, units: 2, floors: 7, aliases: [小高层]}, {name: 幸福楼}]"
    file = _profile(tmp_path, ("buildings: {count: 24, units: 3, floors: 6}", houses))
    gazetteer = load_community(file).gazetteer
    tall, happy = gazetteer.find("小高层二单元的灯"), gazetteer.find("幸福楼门口")
    assert tall is not None
    assert tall.id == "hm/1/2"
    assert happy is not None
    assert happy.id == "hm/幸福楼"


def test_two_estates_need_the_name(tmp_path: Path) -> None:
    second = """
  - {id: xf, name: 幸福新村, buildings: {count: 9, units: 2, floors: 6}}
organisations:"""
    gazetteer = load_community(_profile(tmp_path, ("\norganisations:", second))).gazetteer
    named, bare = gazetteer.find("幸福新村三幢"), gazetteer.find("三幢二单元")
    assert named is not None
    assert (named.id, named.text) == ("xf/3", "幸福新村3幢")
    assert bare is not None
    assert bare.id is None
    assert bare.confidence < 0.6
