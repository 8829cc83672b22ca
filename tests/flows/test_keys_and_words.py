"""Keys and speech side by side: at every step a key and the words for it do the same."""

import pytest

from flows.community import Community
from flows.conversation import StepName
from locales.wording import Wording
from tests.flows.script import Script

NUMBER = "@ phone: 13800001234\n"
TICKET = NUMBER + "@ ticket: 572005 resolved lighting 3幢2单元\n"
READBACK = NUMBER + "< 三幢二单元楼道灯坏了\n"
FILED = READBACK + "< 对的\n"

STEPS = {
    # How one gets there; then keys, and the words for them.
    "opening": ("< [opened]", {}),
    "resume": (
        NUMBER + "< 灯坏了\n< [ended]\n< [opened]",
        {"1": "要的", "2": "不要了"},
    ),
    "problem": (NUMBER + "< 我要报修\n", {}),
    "problem, to choose from": (
        NUMBER + "< 东门口一地的脏水臭死了",
        {"1": "第一个", "2": "第二个", "3": "第三个"},
    ),
    "place": (NUMBER + "< 灯坏了", {"3#": "三幢", "12#": "十二幢"}),
    "place, home": (
        NUMBER + "@ home: hm/3/2/501\n< 灯坏了",
        {"1": "是的", "2": "不是"},
    ),
    "urgency": (NUMBER + "< 五幢二单元楼道里有焦味", {"1": "有的", "2": "没有"}),
    "contact": (
        "< 三幢二单元楼道灯坏了",
        {"13800001234": "幺三八零零零零幺二三四", "88880000#": "八八八八零零零零"},
    ),
    "readback": (READBACK, {"1": "对的", "2": "不对"}),
    "readback, which": (READBACK + "< 不对", {"1": "地点", "2": "事情", "3": "电话"}),
    "same": (
        NUMBER + "@ same: 572031 lighting\n< 三幢二单元楼道灯坏了\n< 对的",
        {"1": "是同一件", "2": "不是"},
    ),
    "filed": (FILED, {"1": "还有", "2": "没有了"}),
    "status": (NUMBER + "< 我想问问上次报的怎么样了", {"572005": "五七二零零五"}),
    "status, told": (
        NUMBER + "@ ticket: 572005 open lighting 3幢2单元\n< 灯修得怎么样了",
        {"1": "还有", "2": "没有了"},
    ),
    "verdict": (TICKET + "< 灯修得怎么样了", {"1": "修好了", "2": "还没有"}),
    "consent": (FILED + "@ consent: ask\n< 没有了", {"1": "可以", "2": "不要"}),
    "emergency": (NUMBER + "< 三幢着火了", {"2": "没有了"}),
    "person": (NUMBER + "@ person: no\n< 人工", {}),
}
EVERYWHERE = {"0": "我要找人工", "*": "再说一遍", "#": "说慢一点"}
CASES = [
    (name, keys, words)
    for name, (_, answers) in STEPS.items()
    for keys, words in {**EVERYWHERE, **answers}.items()
]


def told(community: Community, wording: Wording, source: str) -> list[str]:
    """What is said and done behind the last input, without the words that were taken down."""
    said = Script(community, wording).play(source)
    lines = said[said.rindex("\n< ") :].splitlines()[2:]
    return [" ".join(line.split()[:3]) if "!" in line[:4] else line for line in lines]


@pytest.mark.parametrize(("name", "keys", "words"), CASES)
def test_a_key_means_what_the_words_mean(
    community: Community, wording: Wording, name: str, keys: str, words: str
) -> None:
    before = STEPS[name][0] + "\n"
    pressed = "".join(f"< [key {key}]\n" for key in keys)
    by_key = told(community, wording, before + pressed)
    assert by_key == told(community, wording, before + f"< {words}\n")
    assert by_key


def test_every_step_is_walked_through(community: Community, wording: Wording) -> None:
    stands = set()
    for before, _ in STEPS.values():
        script = Script(community, wording)
        script.play(before)
        assert script.conversation
        stands.add(script.conversation.step)
    assert stands == {*StepName} - {StepName.ENDED}
