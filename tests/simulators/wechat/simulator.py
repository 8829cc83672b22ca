"""The whole of it: an HTTP server for the calls we make, and a hand that calls our callback."""

import itertools
import secrets
import socket
import time
from collections import defaultdict
from types import TracebackType

import httpx

from tests.simulators.wechat import delivery, envelope
from tests.simulators.wechat.account import Account
from tests.simulators.wechat.api import create_api
from tests.simulators.wechat.clock import Clock
from tests.simulators.wechat.faults import Faults
from tests.simulators.wechat.media import MediaStore
from tests.simulators.wechat.quota import Quota
from tests.simulators.wechat.tokens import TokenDesk
from tests.simulators.wechat.user import User
from tests.support.serving import serving


class WeChatSimulator:
    """`with WeChatSimulator(callback=…) as sim: sim.user("oLi").send_text("灯坏了").last`.

    Real HTTP on loopback. The service reaches it by `LINSHENG_WECHAT_API_BASE=sim.api_base`.
    """

    def __init__(
        self,
        callback: str = "http://127.0.0.1:8000/wechat",
        account: Account | None = None,
        port: int = 0,
    ) -> None:
        self.callback = callback
        self.account = account or Account()
        self.clock = Clock()
        self.tokens = TokenDesk(self.clock)
        self.media = MediaStore(self.clock)
        self.faults = Faults()
        self.tries: dict[str, list[delivery.Try]] = defaultdict(list)
        """By MsgId (or event): every request made to the callback."""
        self._shown: set[str] = set()
        self._users: dict[str, User] = {}
        self._msg_ids = itertools.count(int(time.time() * 1000) * 10**6 + secrets.randbelow(10**6))
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self._serving = serving(create_api(self), self._socket)

    @property
    def api_base(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> "WeChatSimulator":
        self._serving.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._serving.__exit__(kind, error, trace)

    def user(self, openid: str) -> User:
        """The same object for the same openid."""
        if openid not in self._users:
            self._users[openid] = User(openid, self, Quota(self.clock))
        return self._users[openid]

    def new_msg_id(self) -> str:
        """64-bit, as WeChat's are."""
        return str(next(self._msg_ids))

    def check_url(self) -> bool:
        """What WeChat does when the owner saves the callback address."""
        query, _ = envelope.wrap(self.account, "<xml/>")
        echo = str(secrets.randbelow(10**19))
        wanted = {k: query[k] for k in ("signature", "timestamp", "nonce")} | {"echostr": echo}
        answer = httpx.get(self.callback, params=wanted, timeout=5)
        return answer.status_code == 200 and answer.text == echo

    def deliver(self, user: User, kind: str, fields: dict[str, str], msg_id: str = "") -> None:
        """Until the callback has answered, or three tries have failed."""
        leaves = {
            "ToUserName": self.account.original_id,
            "FromUserName": user.openid,
            "CreateTime": str(int(time.time())),
            "MsgType": kind,
            **fields,
        }
        if msg_id:
            leaves["MsgId"] = msg_id
        xml = delivery.xml_of(leaves)
        tries = delivery.deliver(self.account, self.callback, user.openid, xml)
        self.tries[msg_id or fields.get("Event", "")].extend(tries)
        text = tries[-1].text
        if text is None:
            user.banners += 1
        elif text:
            user.show("reply", text)

    def push(self, openid: str, text: str, voice: bytes = b"") -> int:
        """A customer-service message; returns WeChat's error code."""
        user = self._users.get(openid)
        if user is None:
            return 40003
        if not user.following:
            return 43004
        if code := user.quota.spend():
            return code
        user.show("voice" if voice else "push", text, voice)
        return 0

    def template(self, openid: str, fields: dict[str, str], key: str) -> int:
        """A template message; returns WeChat's error code. The same key is shown once."""
        user = self._users.get(openid)
        if user is None:
            return 40003
        if not user.following:
            return 43004
        if not key or key not in self._shown:
            self._shown.add(key)
            user.show("template", " ".join(fields.values()))
        return 0

    def notify(self, openid: str, fields: dict[str, str]) -> int:
        """A subscription notice; returns WeChat's error code."""
        user = self._users.get(openid)
        if user is None:
            return 40003
        if not user.subscriptions:
            return 43101
        user.subscriptions -= 1
        user.show("subscribed", " ".join(fields.values()))
        return 0
