"""wechatpy's client, with its address, token handling and reading of answers made ours."""

import json
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from wechatpy import WeChatClient

from bot.channels.wechat.errors import ApiError

TIMEOUT = (3.05, 8.0)
"""Seconds to connect, and between two bytes."""


class Client(WeChatClient):  # type: ignore[misc]
    """Thread-safe. Does not fetch tokens: `token` is set by whoever calls (see `api.py`).

    Raises `wechatpy.WeChatClientException` and `requests.RequestException`; `api.py` translates.
    """

    def __init__(self, appid: str, secret: str, base: str) -> None:
        # auto_retry would fetch tokens by itself, and again and again while WeChat refuses them.
        super().__init__(appid, secret, timeout=TIMEOUT, auto_retry=False)
        self.API_BASE_URL = f"{base}/cgi-bin/"
        self._http.mount("http://", HTTPAdapter(pool_maxsize=16))
        self._http.mount("https://", HTTPAdapter(pool_maxsize=16))

    def fetch_access_token(self) -> None:
        raise ApiError(40001, "no token given")

    def stable_token(self, force: bool) -> tuple[str, int]:
        """A token and the seconds it lives."""
        answer = self.post(
            "stable_token",
            params=(),  # anything else gets a token added
            data={
                "grant_type": "client_credential",
                "appid": self.appid,
                "secret": self.secret,
                "force_refresh": force,
            },
        )
        try:
            return str(answer["access_token"]), int(answer["expires_in"])
        except (KeyError, TypeError, ValueError):
            raise ApiError(-1, "stable_token 的回答里没有 access_token") from None

    def _decode_result(self, res: requests.Response) -> Any:
        """JSON, or the response itself for media.

        wechatpy tries JSON on everything: a page of HTML (200) becomes a success, and a media file
        of digits a number.
        """
        kind = res.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind.startswith(("image/", "audio/", "video/", "voice/", "application/octet-stream")):
            return res
        try:
            result = json.loads(res.content.decode("utf-8", "replace"), strict=False)
        except ValueError:
            result = None
        if not isinstance(result, dict):
            raise ApiError(-1, f"回答不是 JSON（{kind or '没有类型'}），可能被代理截住了")
        return result
