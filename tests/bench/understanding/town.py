"""Invented communities of any size with names as Hangzhou's are made, and what is said of them.

Frozen and seeded: change it and every figure before the change means something else."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any

from flows.profile import Profile

_FIRST = (
    "翠德朝采景三古文和大湖拱善石东华长天潮小半康米打凯闸笕彭九丁四望紫清营秋"
    "龙凤云桂兰竹梅松柏荷春金银玉明星月青锦荣丰泰安宁嘉庆瑞祥福禄永新"
)
_SECOND = (
    "苑胜晖荷芳亭荡新睦关墅宸贤桥园丰庆水鸣河山巷旋弄埠堡江阳波滨塘泉林华景城湾"
    "溪浦坞隆源祥和庭苗庙井坝沙田坪岭洲"
)
_KINDS = ("新村", "小区", "苑", "花园", "公寓", "家园", "东苑", "西苑", "一区", "二区", "三区")
_GATES = ("东门", "西门", "南门", "北门")
_MARKS = (
    "菜场", "老年食堂", "幼儿园", "卫生服务站", "文化家园", "快递驿站", "健身广场", "党群服务中心",
    "便民服务点", "地下车库", "自行车棚", "垃圾分类点", "篮球场", "居家养老中心",
    "物业服务中心", "小学", "农贸市场", "活动室", "凉亭", "配电房",
)  # fmt: skip
_SHOPS = (
    "超市", "药店", "理发店", "面馆", "包子铺", "水果店", "五金店", "裁缝铺", "烤鸭店", "棋牌室",
    "洗衣店", "粮油店",
)  # fmt: skip
_OWNERS = "张王李陈徐沈周吴郑孙朱章何吕施姚金钱倪童"
CARRIERS = (
    "{}", "在{}", "{}那里", "就是{}", "{}门口", "{}旁边的路灯坏了", "那个{}边上",
    "我跟你说{}的灯不亮了", "{}这里井盖没了", "喂你好{}下水道堵了", "{}有人吵架", "嗯在{}对面",
)  # fmt: skip


def town(places: int, seed: int) -> dict[str, Any]:
    """A profile with about that many estates and landmarks: gates that every estate has, and names
    that only one bears."""
    chance = Random(f"town {places} {seed}")
    names = _names(chance)
    estates: list[dict[str, Any]] = []
    made, taken = 0, set[str]()
    while made < places:
        name = next(names)
        short = name[:2]
        marks = [{"name": gate, "aliases": [f"{gate[0]}大门"]} for gate in chance.sample(_GATES, 2)]
        for kind in chance.sample(_MARKS, 11):
            own = f"{short}{kind}"
            if own not in taken:
                taken.add(own)
                marks.append({"name": own})
        for _ in range(11):
            who = chance.choice(("老", "小", "阿", short)) + chance.choice(_OWNERS)
            shop = who + chance.choice(_SHOPS)
            if shop not in taken:
                taken.add(shop)
                marks.append({"name": shop})
        buildings = {
            "count": chance.randint(6, 60),
            "units": chance.randint(1, 4),
            "floors": chance.choice((5, 6, 6, 6, 7, 11, 18)),
        }
        id = f"e{len(estates)}"
        estates.append({"id": id, "name": name, "buildings": buildings, "landmarks": marks})
        made += 1 + len(marks)
    return {"name": "某社区", "places": estates}


def _names(chance: Random) -> Iterator[str]:
    """Names of estates, none with the beginning of another."""
    shorts: set[str] = set()
    for tries in count():
        short = chance.choice(_FIRST) + chance.choice(_SECOND)
        if tries > 3000:
            short += chance.choice(_SECOND)
        if short not in shorts:
            shorts.add(short)
            yield short + chance.choice(_KINDS)


@dataclass(frozen=True)
class Named:
    """What is said, and the id of the place meant; empty when none of the town's is."""

    before: str
    name: str
    behind: str
    id: str


def sayings(profile: Profile, amount: int, seed: int) -> list[Named]:
    """Sentences that name a place of the town: estates, landmarks, and gates with their estate."""
    chance = Random(f"sayings {seed}")
    found: list[Named] = []
    for _ in range(amount):
        estate = chance.choice(profile.places)
        mark = chance.choice(estate.landmarks)
        before, behind = chance.choice(CARRIERS).split("{}")
        if chance.random() < 0.1:
            found.append(Named(before, estate.name, behind, estate.id))
        elif mark.name in _GATES:
            gate = chance.choice((mark.name, *mark.aliases))
            found.append(Named(before, estate.name + gate, behind, f"{estate.id}/{mark.name}"))
        else:
            found.append(Named(before, mark.name, behind, f"{estate.id}/{mark.name}"))
    return found


def outside(profile: Profile, amount: int, seed: int) -> list[Named]:
    """Sentences that name places of another town, whose names begin like none of this one's."""
    chance = Random(f"outside {seed}")
    shorts = {estate.name[:2] for estate in profile.places}
    found: list[Named] = []
    while len(found) < amount:
        short = chance.choice(_FIRST) + chance.choice(_SECOND)
        if short in shorts:
            continue
        name = short + chance.choice((*_KINDS, *_MARKS, *_SHOPS))
        before, behind = chance.choice(CARRIERS).split("{}")
        found.append(Named(before, name, behind, ""))
    return found


@dataclass(frozen=True)
class Room:
    text: str
    building: str
    unit: str
    room: str


_DIGITS, _ROOM_DIGITS = "零一二三四五六七八九", "零幺二三四五六七八九"
_HOUSE = (("{}幢", 199), ("{}栋", 175), ("{}号楼", 103), ("{}", 205))
"""How often each form was counted in 3,000 annotated addresses of Zhejiang."""
_ENDS = ("", "", "室", "的灯坏了", "漏水", "家里停水了", "啊")


def rooms(buildings: int, units: int, floors: int, amount: int, seed: int) -> list[Room]:
    """Addresses as they are said: house, unit, room, the room mostly as bare digits."""
    chance = Random(f"rooms {seed}")
    forms, weights = [form for form, _ in _HOUSE], [count for _, count in _HOUSE]
    found: list[Room] = []
    for _ in range(amount):
        house, unit = chance.randint(1, buildings), chance.randint(1, units)
        floor, door = chance.randint(1, floors), chance.randint(1, 4)
        room = f"{floor}{door:02}"
        (form,) = chance.choices(forms, weights)
        spoken = chance.choice((_ROOM_DIGITS, _DIGITS))
        said_room = "".join(spoken[int(digit)] for digit in room)
        if floor < 10 and chance.random() < 0.15:
            said_room = f"{'两' if floor == 2 else _DIGITS[floor]}百零{_DIGITS[door]}"
        said = (
            chance.choice(("", "我们", "就是", "在", "嗯"))
            + form.format(_cardinal(house))
            + f"{_DIGITS[unit]}单元"
            + said_room
            + chance.choice(_ENDS)
        )
        found.append(Room(said, str(house), str(unit), room))
    return found


def _cardinal(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")
