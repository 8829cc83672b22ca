"""The double of every outside system: writes what it would be told into the log, or a list."""

import json
import logging
from typing import Any

from bot.outlets.protocol import Message, Receipt

log = logging.getLogger(__name__)


class ConsoleAdapter:
    """`told` keeps the records of this process, newest last."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.told: list[dict[str, Any]] = []

    def send(self, message: Message) -> Receipt:
        self.told.append(message.record)
        log.info("%s ← %s", self._name, json.dumps(message.record, ensure_ascii=False))
        return Receipt()
