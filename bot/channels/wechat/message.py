"""One message or event of WeChat, read from its XML."""

import hashlib
import time
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict

from bot.channels.wechat.envelope import parse_xml
from bot.channels.wechat.rejected import Rejected

_DEEP = {"ScanCodeInfo", "SendLocationInfo"}
"""Elements whose children matter to us; they are lifted to the top."""
_DAY = 86400


class Message(BaseModel):
    """Normalised: types and events in lower case, leaf texts without newlines around them."""

    model_config = ConfigDict(frozen=True)

    openid: str
    """Who sent it."""
    account: str
    """The Official Account's own id (`gh_…`)."""
    kind: str
    """`text`, `voice`, …, or `event`."""
    event: str = ""
    created: int
    """Unix seconds."""
    msg_id: str = ""
    fields: dict[str, str] = {}
    """Every other leaf, by WeChat's name for it."""

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")

    @property
    def key(self) -> str:
        """The same however often WeChat sends it. Holds nothing that tells who wrote."""
        if self.msg_id and self.kind != "event":
            return f"wechat:{self.msg_id}"
        parts = (self.openid, str(self.created), self.kind, self.event, self["EventKey"])
        return "wechat:" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]

    @property
    def at(self) -> datetime | None:
        """When it was sent; None when that cannot be right."""
        if abs(time.time() - self.created) > _DAY:
            return None
        return datetime.fromtimestamp(self.created, UTC)


def parse(xml: str) -> Message:
    """Raises `Rejected` (400) when sender, type or time is missing or impossible."""
    leaves: dict[str, str] = {}
    for name, value in parse_xml(xml).items():
        leaves |= _leaves(name, value)
    created = leaves.pop("CreateTime", "")
    openid, account = leaves.pop("FromUserName", ""), leaves.pop("ToUserName", "")
    kind = leaves.pop("MsgType", "").lower()
    if not (kind and _is_name(openid) and _is_name(account)):
        raise Rejected(400, "malformed")
    if not (created.isascii() and created.isdigit() and len(created) <= 12):
        raise Rejected(400, "malformed")
    msg_id = leaves.pop("MsgId", "") or leaves.pop("MsgID", "")
    if len(msg_id) > 64:
        raise Rejected(400, "malformed")
    return Message(
        openid=openid,
        account=account,
        kind=kind,
        event=leaves.pop("Event", "").lower(),
        created=int(created),
        msg_id=msg_id,
        fields=leaves,
    )


def _leaves(name: str, value: object) -> dict[str, str]:
    if isinstance(value, str):
        return {name: value.strip()}
    if name in _DEEP and isinstance(value, dict):
        return {k: v.strip() for k, v in value.items() if isinstance(v, str)}
    return {}


def _is_name(text: str) -> bool:
    """An openid or account id; what could break out of a reply's XML is none."""
    return 0 < len(text) <= 64 and text.isprintable() and not set(text) & set(" <>&]")
