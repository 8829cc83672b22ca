"""What leaves the machine holds neither phone, room nor name."""

import pytest

from bot.assistant.mask import mask


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("打13800001234找我", "13800001234"),
        ("电话幺三八零零零零幺二三四", "幺三八零零零零幺二三四"),
        ("0571-88880000", "88880000"),
        ("三幢二单元501室", "501"),
        ("三幢二单元五零幺漏水", "五零幺"),
        ("三幢二单元两百零一", "两百零一"),
        ("3-2-501", "501"),
        ("我姓陈", "陈"),
        ("我叫陈小妹", "陈小妹"),
    ],
)
def test_it_is_hidden(text: str, hidden: str) -> None:
    assert hidden not in mask(text)


def test_what_the_ticket_knows_is_hidden() -> None:
    assert mask("老陈家的灯坏了", ["老陈"]) == "＊家的灯坏了"


def test_the_matter_stays() -> None:
    assert mask("三幢二单元楼道里的灯不亮了三天了") == "三幢二单元楼道里的灯不亮了三天了"
