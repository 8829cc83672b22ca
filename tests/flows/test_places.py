"""Where it is, in phrasings of our own: the map knows it, the home knows it, or nobody does."""

import pytest

from flows.community import Community
from flows.gazetteer import Gazetteer
from flows.profile import Profile
from flows.understanding.only_where import is_only_where
from locales.load import DEMO, load_lexicon, read_yaml

_WORDS = load_lexicon()
_SECOND: dict[str, object] = {
    "id": "xf",
    "name": "幸福新村",
    "aliases": ["老幸福"],
    "buildings": {"count": 9, "units": 2, "floors": 6},
    "landmarks": [{"name": "东门", "aliases": ["东大门"]}, {"name": "菜场"}],
}


def _gazetteer(*more: dict[str, object]) -> Gazetteer:
    profile = read_yaml(DEMO)
    profile["places"] += more
    return Gazetteer(Profile.model_validate(profile), _WORDS.places, _WORDS.numbers)


ONE, TWO = _gazetteer(), _gazetteer(_SECOND)


@pytest.mark.parametrize(
    ("text", "ident", "written"),
    [
        ("四号楼四楼的那个四〇二", "hm/4", "4幢402室"),
        ("四号楼四楼的零二", "hm/4", "4幢402室"),
        ("三幢二二零幺", "hm/3/2/201", "3幢2单元201室"),
        ("12幢2-301", "hm/12/2/301", "12幢2单元301室"),
        ("12-2-301", "hm/12/2/301", "12幢2单元301室"),
        ("三杠二杠五零一", "hm/3/2/501", "3幢2单元501室"),
        ("三幢二单元两百零一", "hm/3/2/201", "3幢2单元201室"),
        ("三二单元", "hm/3/2", "3幢2单元"),
        ("十二，二单元", "hm/12/2", "12幢2单元"),
        ("三幢，嗯，那个，二单元，五零一", "hm/3/2/501", "3幢2单元501室"),
        ("三幢九单元", "hm/3", "3幢9单元"),
        ("三幢二单元楼道里的灯", "hm/3/2", "3幢2单元楼道"),
        ("三幢二单元的水管漏到楼下了", "hm/3/2", "3幢2单元"),
        ("7栋后面那条路", "hm/7", "7幢后面"),
        ("5幢2单元电梯停在三楼不动了", "hm/5/2", "5幢2单元电梯"),
        ("五幢二单元的电梯卡在三楼和四楼中间", "hm/5/2", "5幢2单元电梯"),
        ("三幢二楼", "hm/3", "3幢2楼"),
        ("东大门进来左手第二幢", "hm/东门", "东门进来左手第二幢"),
        ("从东门进来第三幢楼", "hm/东门", "东门进来第三幢"),
        ("东门那里的灯", "hm/东门", "东门"),
        ("老年食堂门口那个井盖", "hm/老年食堂", "老年食堂门口"),
        ("老年食堂旁边的快递柜", "hm/快递柜", "快递柜"),
        ("三幢对面的快递柜", "hm/快递柜", "快递柜"),
        ("我住三幢二单元，东门那个路灯坏了", "hm/东门", "东门"),
        ("我是五幢的，快递柜坏了", "hm/快递柜", "快递柜"),
        ("我住三幢二单元，楼道灯坏了", "hm/3/2", "3幢2单元楼道"),
        ("不是三幢，是五幢的灯坏了，楼道里黑漆漆的", "hm/5", "5幢"),
        ("散幢耳单元", "hm/3/2", "3幢2单元"),
        ("三床二单元", "hm/3/2", "3幢2单元"),
        ("是幢二单元", "hm/10/2", "10幢2单元"),
        ("二单元三幢五零一", "hm/3/2/501", "3幢2单元501室"),
        ("三幢，哦不，四幢", "hm/4", "4幢"),
        ("三幢，不是四幢", "hm/3", "3幢"),
        ("廿四幢", "hm/24", "24幢"),
        ("食堂门口", "hm/老年食堂", "老年食堂门口"),
        ("东边那个门", "hm/东门", "东门"),
        ("我们小区三幢", "hm/3", "3幢"),
        ("和木新村三幢", "hm/3", "3幢"),
        ("三幢对面那幢", None, "三幢对面那幢"),
        ("三幢往东第二幢", None, "三幢往东第二幢"),
        ("阳光花园三幢", None, "阳光花园三幢"),
        ("隔壁小区三幢", None, "隔壁小区三幢"),
    ],
)
def test_as_it_is_said(text: str, ident: str | None, written: str) -> None:
    place = ONE.find(text)
    assert place is not None
    assert (place.id, place.text) == (ident, written)


@pytest.mark.parametrize(
    ("text", "ident", "written"),
    [
        ("三", "hm/3", "3幢"),
        ("三啊", "hm/3", "3幢"),
        ("三，二，五零一", "hm/3/2/501", "3幢2单元501室"),
        ("十二 二 三零一", "hm/12/2/301", "12幢2单元301室"),
        ("三杠二", "hm/3/2", "3幢2单元"),
        ("三 二", "hm/3/2", "3幢2单元"),
        ("12", "hm/12", "12幢"),
        ("舞动", "hm/5", "5幢"),
        ("山洞二单元", "hm/3/2", "3幢2单元"),
        ("32501", "hm/3/2/501", "3幢2单元501室"),
        ("我想想啊 三的 二零一", "hm/3", "3幢201室"),
        ("五零一", None, "501室"),
        ("二单元", None, "2单元"),
    ],
)
def test_bare_numbers_in_answer_to_where(text: str, ident: str | None, written: str) -> None:
    place = ONE.find(text, expected=True)
    assert place is not None
    assert (place.id, place.text) == (ident, written)


NO_PLACE = (
    "我八十三岁了",
    "五十块钱",
    "昨天三点钟",
    "三天没水了",
    "十二月五号开始的",
    "五号晚上停水",
    "两个人在吵架",
    "打13912345678",
    "零五七幺八八八八一二三四",
    "单号二零零零二八",
    "二十四小时都在响",
    "前面一幢楼",
    "这一幢楼都没电",
    "两幢楼之间",
    "左手第二幢",
    "说了一百遍了",
    "一共三百二十块",
)


@pytest.mark.parametrize("text", NO_PLACE)
def test_numbers_that_are_no_place(text: str) -> None:
    assert ONE.find(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "三天了",
        "两个人",
        "八十三岁",
        "五十块",
        "三点钟",
        "13912345678",
        "今年八十二了",
        "打了三次了",
        "三号来过",
    ],
)
def test_numbers_that_are_no_answer_to_where(text: str) -> None:
    assert ONE.find(text, expected=True) is None


@pytest.mark.parametrize(
    ("text", "ident", "written"),
    [
        ("我家漏水", "hm/3/2/501", "3幢2单元501室"),
        ("我家阳台漏水", "hm/3/2/501", "3幢2单元501室阳台"),
        ("我家楼下有人吵", "hm/3/2", "3幢2单元楼下"),
        ("我们楼道的灯坏了", "hm/3/2", "3幢2单元楼道"),
        ("我们楼下", "hm/3/2", "3幢2单元楼下"),
        ("我家门口", "hm/3/2", "3幢2单元门口"),
        ("我们单元门坏了", "hm/3/2", "3幢2单元"),
        ("我们那幢的电梯", "hm/3", "3幢电梯"),
        ("一单元的灯", "hm/3/1", "3幢1单元"),
        ("我们三楼的灯坏了", "hm/3/2", "3幢2单元3楼"),
        ("五幢的电梯", "hm/5", "5幢电梯"),
        ("我家这边，东门那里", "hm/东门", "东门"),
    ],
)
def test_from_somebody_whose_home_we_know(text: str, ident: str, written: str) -> None:
    place = ONE.find(text, ONE.place("hm/3/2/501"))
    assert place is not None
    assert (place.id, place.text) == (ident, written)


def test_somebody_elses_home_is_not_ours() -> None:
    assert ONE.find("我妈家漏水", ONE.place("hm/3/2/501")) is None


@pytest.mark.parametrize(
    ("text", "ident"),
    [
        ("幸福新村三幢", "xf/3"),
        ("幸福三幢二单元", "xf/3/2"),
        ("信福新村三幢", "xf/3"),
        ("老幸福五幢", "xf/5"),
        ("二十幢", "hm/20"),
        ("幸福东门", "xf/东门"),
        ("和睦新村东大门", "hm/东门"),
        ("菜场门口", "xf/菜场"),
    ],
)
def test_of_two_estates_the_one_meant(text: str, ident: str) -> None:
    place = TWO.find(text)
    assert place is not None
    assert place.id == ident
    assert place.confidence >= 0.6


@pytest.mark.parametrize(
    ("text", "written", "maybe"),
    [
        ("三幢二单元的灯", "3幢2单元", ("hm/3/2", "xf/3/2")),
        ("东大门", "东大门", ("hm/东门", "xf/东门")),
    ],
)
def test_what_two_estates_share_stays_open(text: str, written: str, maybe: tuple[str, ...]) -> None:
    place = TWO.find(text)
    assert place is not None
    assert (place.id, place.text, place.maybe) == (None, written, maybe)
    at_home = TWO.find(text, TWO.place("xf/1/1/101"))
    assert at_home is not None
    assert at_home.id == maybe[1]
    assert at_home.confidence < 0.6


def test_a_short_name_alone_is_no_place() -> None:
    assert TWO.find("邻里和睦最要紧") is None


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("三幢的", True),
        ("就是东门那里", True),
        ("东门老年食堂", True),
        ("老年食堂东门快递柜", True),
        ("东门的灯", False),
        ("三幢漏水", False),
    ],
)
def test_a_place_and_not_a_word_of_any_matter(community: Community, text: str, only: bool) -> None:
    assert is_only_where(text, community) == only
