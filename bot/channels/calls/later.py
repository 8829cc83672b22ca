"""Messages that were left: recognised one after the other, when the calls leave room for it."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from bot.dialogue.recover import recover
from bot.services import Services

log = logging.getLogger(__name__)

_LOOK = 2.0
"""Seconds between two looks whether there is room."""


class Later:
    """What waits when the process dies is recovered at the next start, as any call is."""

    def __init__(self, services: Services, has_room: Callable[[], bool]) -> None:
        self._services = services
        self._has_room = has_room
        self._waiting: deque[str] = deque()

    def add(self, recording: str) -> None:
        """Hear this recording, whose writer has left it."""
        self._waiting.append(recording)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(_LOOK)
            while self._waiting and self._has_room():
                one = {self._waiting.popleft()}
                try:
                    await asyncio.to_thread(recover, self._services, one)
                except Exception as error:
                    log.error("一段留言现在没能补听（%s）：重启服务后会再试。", error)
