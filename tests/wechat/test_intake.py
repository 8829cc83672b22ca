"""Every inbound type of the documentation means something."""

import time

import pytest

from bot.channels.wechat.intake import Fetch, Ignore, Intake, Say, Take, intake
from bot.channels.wechat.message import Message
from flows.heard import HeardKind as Kind

UNSUPPORTED = Say("wechat.unsupported")


def message(kind: str, **fields: str) -> Message:
    return Message(openid="oLi", account="gh_1", kind=kind, created=int(time.time()), fields=fields)


def event(name: str, **fields: str) -> Message:
    return message("event", **fields).model_copy(update={"event": name.lower()})


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (message("text", Content="灯坏了"), Take(Kind.TEXT, "灯坏了")),
        (message("text", Content="1", bizmsgmenuid="101"), Take(Kind.TEXT, "1")),
        (message("text", Content=""), UNSUPPORTED),
        (
            message("voice", MediaId="m", Format="amr", Recognition=""),
            Fetch(("m",), "audio/amr", Kind.SPEECH),
        ),
        (
            message("voice", MediaId="m", MediaId16K="k", Format="AMR"),
            Fetch(("m", "k"), "audio/amr", Kind.SPEECH),
        ),
        (
            message("voice", MediaId="m", Format="speex"),
            Fetch(("m",), "audio/speex", Kind.SPEECH),
        ),
        (message("voice"), UNSUPPORTED),
        (message("image", MediaId="m", PicUrl="x"), Fetch(("m",), "image/jpeg", Kind.PICTURE)),
        (message("video", MediaId="m"), Fetch(("m",), "video/mp4", Kind.PICTURE)),
        (message("shortvideo", MediaId="m"), Fetch(("m",), "video/mp4", Kind.PICTURE)),
        (message("location", Label="和睦新村3幢"), Take(Kind.LOCATION, "和睦新村3幢")),
        (message("location", Location_X="30", Label=""), Say("wechat.where")),
        (message("link", Title="通知", Url="http://a"), UNSUPPORTED),
        (message("file", Title="a.doc"), UNSUPPORTED),
        (message("miniprogrampage", AppId="wx"), UNSUPPORTED),
        (message("music_of_the_future"), UNSUPPORTED),
        (event("subscribe"), Take(Kind.OPENED)),
        (event("subscribe", EventKey="qrscene_hm/3/2"), Take(Kind.SCENE, "hm/3/2")),
        (event("SCAN", EventKey="hm/3/2"), Take(Kind.SCENE, "hm/3/2")),
        (event("SCAN", EventKey=""), Take(Kind.OPENED)),
        (event("scancode_waitmsg", ScanResult="hm/东门"), Take(Kind.SCENE, "hm/东门")),
        (event("CLICK", EventKey="查进度"), Take(Kind.TEXT, "查进度")),
        (event("CLICK"), Ignore()),
        (
            event("location_select", Label="和睦路1号", Poiname="东门"),
            Take(Kind.LOCATION, "和睦路1号东门"),
        ),
    ],
)
def test_what_means_something(given: Message, wanted: Intake) -> None:
    assert intake(given) == wanted


@pytest.mark.parametrize(
    "name",
    [
        "unsubscribe",
        "LOCATION",
        "VIEW",
        "view_miniprogram",
        "scancode_push",
        "pic_sysphoto",
        "pic_photo_or_album",
        "pic_weixin",
        "TEMPLATESENDJOBFINISH",
        "MASSSENDJOBFINISH",
        "subscribe_msg_popup_event",
        "qualification_verify_success",
        "something_new",
        "",
    ],
)
def test_what_needs_no_answer(name: str) -> None:
    assert intake(event(name, EventKey="x")) == Ignore()
