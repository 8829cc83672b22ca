"""The wrapping of a callback: query and body in, the message's XML out; and a reply's way back."""

import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass

import xmltodict
from wechatpy.crypto import PrpCrypto, WeChatCrypto

from bot.channels.wechat import signature
from bot.channels.wechat.rejected import Rejected
from bot.channels.wechat.texts import legal
from bot.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Opened:
    xml: str
    """The message in clear."""
    crypto: WeChatCrypto | None
    """With the key it came in; None in plain mode."""

    def seal(self, reply: str) -> str:
        """The body to answer with. The key is the one WeChat used: it may be rotating them."""
        if self.crypto is None:
            return reply
        sealed: str = self.crypto.encrypt_message(
            reply, secrets.token_hex(8), str(int(time.time()))
        )
        return sealed


class Envelope:
    """Opens callbacks of one account.

    Safe mode when an AES key is set, and then nothing else: a message in clear is refused, whoever
    signed it. Without a key: plain mode, which signs the query but not the body.
    """

    def __init__(self, settings: Settings) -> None:
        self.token = settings.wechat_token.get_secret_value()
        keys = (settings.wechat_aes_key, settings.wechat_aes_key_previous)
        self._cryptos = [
            WeChatCrypto(self.token, key.get_secret_value(), settings.wechat_appid)
            for key in keys
            if key.get_secret_value()
        ]

    @property
    def is_safe(self) -> bool:
        return bool(self._cryptos)

    def check_url(self, query: Mapping[str, str]) -> str:
        """WeChat's check of the address: returns what to echo. Raises `Rejected`."""
        timestamp = query.get("timestamp", "")
        signature.check_fresh(timestamp)
        signature.check(query.get("signature", ""), self.token, timestamp, query.get("nonce", ""))
        echo = query.get("echostr", "")
        if not echo or len(echo) > 512:
            raise Rejected(400, "malformed")
        return echo

    def open(self, query: Mapping[str, str], body: bytes) -> Opened:
        """Raises `Rejected`: 403 when it is not WeChat's or not fresh, 400 when unreadable."""
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        signature.check_fresh(timestamp)
        if not self.is_safe:
            signature.check(query.get("signature", ""), self.token, timestamp, nonce)
            return Opened(_text(body), None)
        encrypted = _leaf(_text(body), "Encrypt")
        # Only this one covers the body; `signature` beside it can be replayed with any text.
        signature.check(query.get("msg_signature", ""), self.token, timestamp, nonce, encrypted)
        for crypto in self._cryptos:
            try:
                xml = PrpCrypto(crypto.key).decrypt(encrypted, crypto.app_id)
            except Exception as error:  # wechatpy lets out whatever garbage provokes
                log.debug("微信消息解不开：%s", type(error).__name__)
                continue
            return Opened(str(xml), crypto)
        raise Rejected(403, "decrypt")


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Rejected(400, "malformed") from None


def _leaf(xml: str, name: str) -> str:
    root = parse_xml(xml)
    value = root.get(name)
    if not isinstance(value, str) or not value.strip():
        # Signed in the query but in clear: plain mode is not spoken here.
        raise Rejected(403 if "MsgType" in root else 400, "not_encrypted")
    return value.strip()


def parse_xml(xml: str) -> dict[str, object]:
    """The children of `<xml>`. Entities are refused by xmltodict. Raises `Rejected` (400)."""
    try:
        root = xmltodict.parse(legal(xml))["xml"]
    except Exception:  # expat, and xmltodict's own errors on what expat lets pass
        raise Rejected(400, "malformed") from None
    if not isinstance(root, dict):
        raise Rejected(400, "malformed")
    return root
