"""Somebody with WeChat in their hand."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tests.simulators.wechat.quota import Quota

if TYPE_CHECKING:
    from tests.simulators.wechat.simulator import WeChatSimulator


Kind = Literal["reply", "push", "template", "subscribed", "voice"]


@dataclass(frozen=True)
class Received:
    """What appeared in the chat."""

    kind: Kind
    """Passive reply to a message, customer-service message, template message, subscription notice,
    or a customer-service message that is sound."""
    text: str
    at: float
    """Unix seconds, on the real clock."""
    sound: bytes = b""
    """Of a voice message."""


@dataclass
class User:
    """Blocking driver; every `send_…` returns after WeChat's tries (5 s each, 3 at most)."""

    openid: str
    simulator: "WeChatSimulator"
    quota: Quota
    following: bool = True
    subscriptions: int = 0
    """How many subscription notices they agreed to and have not had yet."""
    inbox: list[Received] = field(default_factory=list)
    sent_at: float = 0.0
    """Unix seconds when the latest message left, on the real clock."""
    banners: int = 0
    """How often “该公众号提供的服务出现故障，请稍后再试” was shown."""
    _arrived: threading.Condition = field(default_factory=threading.Condition)

    def send_text(self, text: str, msg_id: str = "") -> "User":
        return self.send("text", {"Content": text}, msg_id)

    def send_voice(self, amr: bytes, msg_id: str = "") -> "User":
        """`Recognition` comes empty: WeChat does not recognise speech any more."""
        media_id = self.simulator.media.put(amr, "audio/amr")
        fields = {"MediaId": media_id, "Format": "amr", "Recognition": ""}
        return self.send("voice", fields, msg_id)

    def send_picture(self, jpeg: bytes) -> "User":
        media_id = self.simulator.media.put(jpeg, "image/jpeg")
        return self.send("image", {"MediaId": media_id, "PicUrl": "http://mmbiz.example/0"})

    def send_video(self, mp4: bytes) -> "User":
        media_id = self.simulator.media.put(mp4, "video/mp4")
        return self.send("video", {"MediaId": media_id, "ThumbMediaId": "thumb"})

    def send_location(self, label: str) -> "User":
        fields = {"Location_X": "30.3", "Location_Y": "120.1", "Scale": "15", "Label": label}
        return self.send("location", fields)

    def send(self, kind: str, fields: dict[str, str], msg_id: str = "") -> "User":
        """Any message type."""
        self.sent_at = time.time()
        self.quota.wrote()
        self.simulator.deliver(self, kind, fields, msg_id or self.simulator.new_msg_id())
        return self

    def event(self, name: str, **fields: str) -> "User":
        """Any event, without a budget of its own."""
        self.simulator.deliver(self, "event", {"Event": name, **fields})
        return self

    def follow(self, scene: str = "") -> "User":
        self.following = True
        self.quota.touched()
        return self.event("subscribe", EventKey=f"qrscene_{scene}" if scene else "")

    def unfollow(self) -> "User":
        self.following = False
        return self.event("unsubscribe", EventKey="")

    def scan(self, scene: str) -> "User":
        self.quota.touched()
        return self.event("SCAN", EventKey=scene, Ticket="ticket")

    def click(self, key: str) -> "User":
        self.quota.touched()
        return self.event("CLICK", EventKey=key)

    def show(self, kind: Kind, text: str, sound: bytes = b"") -> None:
        with self._arrived:
            self.inbox.append(Received(kind, text, time.time(), sound))
            self._arrived.notify_all()

    def wait(
        self,
        seconds: float,
        wanted: Callable[[Received], bool] = lambda received: received.kind != "voice",
    ) -> Received | None:
        """The first such message in the chat (one to read, unless told otherwise), as soon as it is
        there; None after `seconds`."""
        until = time.monotonic() + seconds
        with self._arrived:
            while True:
                for received in self.inbox:
                    if wanted(received):
                        return received
                left = until - time.monotonic()
                if left <= 0:
                    return None
                self._arrived.wait(left)

    @property
    def last(self) -> str:
        """The text that appeared last; empty when there is none."""
        return next((r.text for r in reversed(self.inbox) if r.kind != "voice"), "")
