"""Whether words so far are a whole answer, given what was asked."""

import pytest

from flows.community import Community
from flows.completeness import Completeness, completeness
from flows.conversation import StepName
from tests.flows.conftest import AT

WHOLE, OPEN, PART, UNFINISHED, COUNTING = Completeness


@pytest.mark.parametrize(
    ("step", "text", "expected"),
    [
        ("readback", "对的", WHOLE),
        ("readback", "对", WHOLE),
        ("readback", "是的没错", WHOLE),
        ("readback", "嗯", OPEN),
        ("readback", "不对", PART),
        ("readback", "不是三幢", PART),
        ("readback", "不是三幢是四幢", OPEN),
        ("readback", "对的但是", UNFINISHED),
        ("readback", "那个", UNFINISHED),
        ("urgency", "没有", WHOLE),
        ("urgency", "有", WHOLE),
        ("urgency", "有一个", WHOLE),
        ("verdict", "修好了", WHOLE),
        ("verdict", "灯亮了但是", UNFINISHED),
        ("filed", "没有了谢谢", WHOLE),
        ("filed", "还有一个", UNFINISHED),
        ("filed", "有的", PART),
        ("resume", "要的", WHOLE),
        ("opening", "你好", UNFINISHED),
        ("opening", "你好我想反映一下", UNFINISHED),
        ("opening", "三幢二单元", UNFINISHED),
        ("opening", "我们楼道里那个", UNFINISHED),
        ("opening", "楼道里的灯坏了", PART),
        ("opening", "楼道里的灯坏了然后", UNFINISHED),
        ("opening", "三幢二单元楼道里的灯坏了", OPEN),
        ("opening", "着火了快来人", WHOLE),
        ("opening", "我要找人工", WHOLE),
        ("problem", "楼道里的灯坏了", OPEN),
        ("problem", "有一只", UNFINISHED),
        ("problem", "小区门口的垃圾", UNFINISHED),
        ("opening", "我家厨房的水管", UNFINISHED),
        ("opening", "楼道的灯修得怎么样了", OPEN),
        ("place", "三幢", PART),
        ("place", "三幢二单元", OPEN),
        ("place", "三幢二单元五零一", WHOLE),
        ("place", "三幢二单元五零", UNFINISHED),
        ("place", "我们是三", UNFINISHED),
        ("place", "在那个", UNFINISHED),
        ("place", "在东门", OPEN),
        ("contact", "一三八", COUNTING),
        ("contact", "幺三八零零幺三", COUNTING),
        ("contact", "一三八嗯零零一三，八零零零", WHOLE),
        ("contact", "一三八零零一三八零零", PART),
        ("contact", "八六四二三五七九", OPEN),
        ("contact", "就打这个", WHOLE),
        ("contact", "没有电话", WHOLE),
        ("contact", "我的电话是", UNFINISHED),
        ("contact", "你记一下", UNFINISHED),
        ("status", "一二三", COUNTING),
        ("status", "一二三四五六", WHOLE),
        ("status", "要二三四五六", WHOLE),  # 幺, as it is misheard
        ("status", "我不记得了", WHOLE),
        ("opening", "", OPEN),
    ],
)
def test_a_judgement_in_the_light_of_the_question(
    community: Community, step: str, text: str, expected: Completeness
) -> None:
    assert completeness(text, StepName(step), community, AT) is expected


def test_every_step_judges_any_text(community: Community) -> None:
    for step in StepName:
        for text in ("，", "嗯", "1", "一" * 300, "x" * 500, "三幢二单元", "不"):
            assert completeness(text, step, community, AT) in Completeness
