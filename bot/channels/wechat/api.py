"""WeChat's interface as the rest of us uses it. Blocking: call it from worker threads only."""

import time
from collections.abc import Callable
from typing import TypeVar

import requests
from wechatpy.exceptions import WeChatClientException

from bot.channels.wechat.budget import Budget
from bot.channels.wechat.client import Client
from bot.channels.wechat.errors import BUDGET_SPENT, WINDOW_CLOSED, ApiError, Policy
from bot.channels.wechat.template import fit
from bot.channels.wechat.tokens import Tokens
from bot.settings import Settings
from bot.storage.database import Database

T = TypeVar("T")

LARGEST = 12 * 1024 * 1024
"""Bytes of one media file: WeChat takes pictures and videos up to 10 MB, voice up to 2 MB."""
LONGEST = 30.0
"""Seconds one download may take."""


class Api:
    """Thread-safe; every method raises `ApiError` and nothing else."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._client = Client(
            settings.wechat_appid,
            settings.wechat_secret.get_secret_value(),
            settings.wechat_api_base,
        )
        self._budget = Budget(database)
        self.tokens = Tokens(database, settings.wechat_appid, self._fetch_token)

    def send_text(self, openid: str, text: str, keep: int = 0) -> None:
        """A customer-service message, paid for beforehand. `ApiError` 45047 without asking WeChat
        when the budget has no more than `keep` left."""
        self._send(openid, {"msgtype": "text", "text": {"content": text}}, keep)

    def send_voice(self, openid: str, mp3: bytes, keep: int = 0) -> None:
        """The same as sound: at most 60 s and 2 MB. Some accounts may not (45162)."""

        def upload(token: str) -> str:
            answer = self._client.post(
                "media/upload",
                params={"access_token": token, "type": "voice"},
                files={"media": ("voice.mp3", mp3, "audio/mpeg")},
            )
            if not isinstance(answer.get("media_id"), str):
                raise ApiError(-1, "media/upload 的回答里没有 media_id")
            return str(answer["media_id"])

        media_id = self._call(upload)
        self._send(openid, {"msgtype": "voice", "voice": {"media_id": media_id}}, keep)

    def _send(self, openid: str, message: dict[str, object], keep: int) -> None:
        window = self._budget.spend(openid, keep)
        if window is None:
            raise ApiError(BUDGET_SPENT, "按我们的账，这位居民的条数用完了")
        try:
            self._call(
                lambda token: self._client.post(
                    "message/custom/send",
                    params={"access_token": token},
                    data={"touser": openid, **message},
                )
            )
        except ApiError as error:
            if error.code in (BUDGET_SPENT, WINDOW_CLOSED):
                self._budget.close(openid)
            elif error.code != -1:  # unreachable: nobody knows whether it was sent
                self._budget.give_back(openid, window)
            raise

    def send_template(
        self, openid: str, template: str, fields: dict[str, str], url: str, key: str
    ) -> None:
        """A template message; costs no budget. The same `key` within ten minutes is sent once."""
        self._send_form(
            "message/template/send", openid, template, fields, url=url, client_msg_id=key
        )

    def send_subscribed(self, openid: str, template: str, fields: dict[str, str], url: str) -> None:
        """A subscription notice (订阅通知): one for each time the resident agreed to it, else
        `ApiError` 43101. WeChat takes no key for it: sent again, it may come again."""
        self._send_form("message/subscribe/bizsend", openid, template, fields, page=url)

    def _send_form(
        self, path: str, openid: str, template: str, fields: dict[str, str], **more: str
    ) -> None:
        data = {name: {"value": fit(name, value)} for name, value in fields.items()}
        body = {"touser": openid, "template_id": template, **more, "data": data}
        self._call(lambda token: self._client.post(path, params={"access_token": token}, data=body))

    def download(self, media_id: str) -> tuple[bytes, str]:
        """A media file and its type (`image/jpeg`; "" when WeChat did not say)."""

        def fetch(token: str) -> tuple[bytes, str]:
            answer = self._client.get(
                "media/get", params={"access_token": token, "media_id": media_id}, stream=True
            )
            if isinstance(answer, dict):
                # Videos come as an address of their own.
                url = answer.get("video_url")
                if not isinstance(url, str):
                    raise ApiError(-1, "media/get 的回答里没有媒体")
                answer = self._client.get(url, params=(), stream=True)
            if not isinstance(answer, requests.Response):
                raise ApiError(-1, "media/get 的回答里没有媒体")
            return _read(answer)

        return self._call(fetch)

    def _call(self, call: Callable[[str], T]) -> T:
        """With the token we hold; when WeChat refuses it, once more with another."""
        token = _translated(self.tokens.get)
        try:
            return _translated(lambda: call(token))
        except ApiError as error:
            if error.policy is not Policy.REFRESH:
                raise
        fresh = _translated(lambda: self.tokens.replace(token))
        return _translated(lambda: call(fresh))

    def _fetch_token(self, force: bool) -> tuple[str, int]:
        return _translated(lambda: self._client.stable_token(force))


def _translated(call: Callable[[], T]) -> T:
    try:
        return call()
    except WeChatClientException as error:
        raise ApiError(int(error.errcode or -1), str(error.errmsg or "HTTP 错误")) from None
    except requests.RequestException as error:
        # The text of these names the address with the token in it.
        raise ApiError(-1, type(error).__name__) from None


def _read(response: requests.Response) -> tuple[bytes, str]:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    until = time.monotonic() + LONGEST
    data = bytearray()
    with response:
        for chunk in response.iter_content(65536):
            data += chunk
            if len(data) > LARGEST or time.monotonic() > until:
                raise ApiError(45002, "媒体太大或太慢")
    return bytes(data), kind
