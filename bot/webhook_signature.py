"""Signed messages between systems, as the Standard Webhooks specification says.

Headers `webhook-id` (also the idempotency key), `webhook-timestamp` (Unix seconds) and
`webhook-signature` (`v1,` and the base64 HMAC-SHA256 of `{id}.{timestamp}.{body}`).
Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping

WINDOW = 300
"""Seconds a timestamp may lie before or after our own clock; the specification's five minutes."""

_LONGEST_ID = 128


class SignatureError(ValueError):
    """Refused; `reason` names the text of the answer: `missing`, `id`, `old` or `wrong`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def key_of(secret: str) -> bytes:
    """The key behind a secret: `whsec_` and base64 as the specification writes it, or any text."""
    if secret.startswith("whsec_"):
        try:
            return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except binascii.Error:
            pass
    return secret.encode()


def sign(secret: str, id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers.

    >>> sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek",
    ...      1614265330, b'{"test": 2432232314}')["webhook-signature"]
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    content = f"{id}.{timestamp}.".encode() + body
    digest = hmac.new(key_of(secret), content, hashlib.sha256).digest()
    return {
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> str:
    """The message's id, when one of its signatures is right. `now` in Unix seconds.

    Raises `SignatureError`. Several signatures, separated by spaces, allow a change of secrets.
    """
    id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "").split()
    if not (id and timestamp and given):
        raise SignatureError("missing")
    if len(id) > _LONGEST_ID or not (id.isascii() and id.isprintable()):
        raise SignatureError("id")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        raise SignatureError("old")
    # First the signature: nobody without the secret learns what our clock says.
    expected = sign(secret, id, int(timestamp), body)["webhook-signature"].encode()
    if not any(hmac.compare_digest(expected, one.encode("utf-8", "replace")) for one in given):
        raise SignatureError("wrong")
    if abs(now - int(timestamp)) > WINDOW:
        raise SignatureError("old")
    return id
