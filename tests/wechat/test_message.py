import time

import pytest

from bot.channels.wechat.message import parse
from bot.channels.wechat.rejected import Rejected

NOW = int(time.time())


def xml(**leaves: object) -> str:
    base = {"ToUserName": "gh_1", "FromUserName": "oLi", "CreateTime": NOW, "MsgType": "text"}
    inner = "".join(f"<{k}>{v}</{k}>" for k, v in (base | leaves).items())
    return f"<xml>{inner}</xml>"


def test_leaf_texts_lose_the_newlines_around_them() -> None:
    message = parse(
        xml(MsgType="\n Text \n", FromUserName="\noLi\n", MsgId="\n42\n", Content="\n灯\n坏了\n")
    )
    assert (message.kind, message.openid, message.msg_id) == ("text", "oLi", "42")
    assert message["Content"] == "灯\n坏了"


def test_mixed_case_and_the_other_msgid() -> None:
    message = parse(xml(MsgType="EVENT", Event="TEMPLATESENDJOBFINISH", MsgID=7, Status="success"))
    assert (message.kind, message.event, message.msg_id) == ("event", "templatesendjobfinish", "7")


def test_messages_are_known_by_msgid() -> None:
    assert parse(xml(MsgId=1)).key == parse(xml(MsgId=1, CreateTime=NOW - 5)).key == "wechat:1"


def test_events_are_known_by_who_when_and_what() -> None:
    first = parse(xml(MsgType="event", Event="CLICK", EventKey="a"))
    assert first.key == parse(xml(MsgType="event", Event="click", EventKey="a")).key
    for other in ({"EventKey": "b"}, {"CreateTime": NOW - 1}, {"FromUserName": "oWang"}):
        leaves = {"MsgType": "event", "Event": "CLICK", "EventKey": "a"} | other
        assert parse(xml(**leaves)).key != first.key
    assert "oLi" not in first.key


def test_nested_info_is_lifted() -> None:
    inner = "<ScanType>qrcode</ScanType><ScanResult>\nhm/3\n</ScanResult>"
    message = parse(xml(MsgType="event", Event="scancode_waitmsg", ScanCodeInfo=inner))
    assert message["ScanResult"] == "hm/3"


def test_an_impossible_time_is_not_believed() -> None:
    assert parse(xml(CreateTime=1)).at is None
    assert parse(xml(CreateTime=999999999999)).at is None
    at = parse(xml()).at
    assert at is not None
    assert int(at.timestamp()) == NOW


@pytest.mark.parametrize(
    "leaves",
    [
        {"FromUserName": ""},
        {"FromUserName": "<a/>"},
        {"FromUserName": "a]]&gt;b"},
        {"FromUserName": "o" * 65},
        {"ToUserName": ""},
        {"MsgType": ""},
        {"CreateTime": "yesterday"},
        {"CreateTime": "１２"},
        {"CreateTime": ""},
        {"MsgId": "1" * 65},
    ],
)
def test_what_cannot_be_answered_is_refused(leaves: dict[str, str]) -> None:
    with pytest.raises(Rejected) as caught:
        parse(xml(**leaves))
    assert caught.value.status == 400
