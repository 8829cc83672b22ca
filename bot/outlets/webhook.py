"""A signed JSON message to an outside system."""

import json
import time
from collections.abc import Callable

from bot.followup.outcome import GiveUp, Retry
from bot.outlets.exchange import exchange
from bot.outlets.mapping import Mapping, MappingError
from bot.outlets.protocol import Message, Receipt
from bot.webhook_signature import sign


class WebhookAdapter:
    """POSTs the record, or what the mapping makes of it.

    Success is any 2xx; a JSON answer with `foreign_id` or `id` gives the number there.
    """

    def __init__(
        self,
        url: str,
        secret: str,
        mapping: Mapping | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._url = url
        self._secret = secret
        self._mapping = mapping
        self._now = now

    def send(self, message: Message) -> Receipt | Retry | GiveUp:
        try:
            body = self._body(message)
        except MappingError as error:
            # Tried at start, so this is one odd record: it waits for whoever mends the mapping.
            return Retry(f"映射第 {error.line} 行：{error}")
        headers = {
            **sign(self._secret, message.id, int(self._now()), body),
            "Idempotency-Key": message.id,
            "Content-Type": "application/json",
        }
        answer = exchange("POST", self._url, content=body, headers=headers)
        if isinstance(answer, Retry | GiveUp):
            return answer
        return Receipt(text=answer.text, foreign_id=_foreign_id(answer.body))

    def _body(self, message: Message) -> bytes:
        if self._mapping:
            return self._mapping(message.record)
        return json.dumps(message.record, ensure_ascii=False).encode()


def _foreign_id(body: bytes) -> str:
    """The number the other side gave, if its answer is JSON that says so.

    >>> _foreign_id(b'{"foreign_id": 4711}'), _foreign_id(b"ok")
    ('4711', '')
    """
    try:
        data = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(data, dict):
        return ""
    found = data.get("foreign_id") or data.get("id") or ""
    return str(found)[:128] if isinstance(found, str | int) else ""
