"""Messages as WeChat writes them, and the settings that go with them."""

import itertools
import time
from typing import Any
from xml.sax.saxutils import escape

from tests.simulators.wechat import Account

_ids = itertools.count(int(time.time() * 1000))


def text_xml(**leaves: str) -> str:
    """A text message of oLi with a MsgId of its own, and whatever is given instead."""
    base = {
        "ToUserName": "gh_linsheng0001",
        "FromUserName": "oLi",
        "CreateTime": str(int(time.time())),
        "MsgType": "text",
        "Content": "三幢二单元楼道灯坏了",
        "MsgId": str(next(_ids)),
    }
    inner = "".join(f"<{k}>{escape(v)}</{k}>" for k, v in (base | leaves).items())
    return f"<xml>{inner}</xml>"


def configured(account: Account, api_base: str = "http://127.0.0.1:9") -> dict[str, Any]:
    """Fields of `Settings`."""
    fields = {f"wechat_{name.lower()}": value for name, value in account.settings().items()}
    return {**fields, "wechat_api_base": api_base}
