"""One connection to Asterisk, and who in this process hears of which channel."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import uuid4

from bot.channels.asterisk.ari import OURS, Ari, Event

OVER = ("StasisEnd", "ChannelDestroyed")
"""Events after which a channel is no longer ours."""

Watcher = Callable[[Event], None]


class Exchange:
    def __init__(self, ari: Ari) -> None:
        self.ari = ari
        self._watchers: dict[str, Watcher] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @staticmethod
    def new_id(what: str) -> str:
        """An identifier for a channel or bridge that we make."""
        return f"{OURS}{what}-{uuid4().hex}"

    def watch(self, channel: str, watcher: Watcher) -> None:
        self._watchers[channel] = watcher

    def forget(self, channel: str) -> None:
        self._watchers.pop(channel, None)

    def watches(self, channel: str) -> bool:
        return channel in self._watchers

    def tell(self, event: Event) -> None:
        """Give an event to whoever watches its channel."""
        watcher = self._watchers.get(event.get("channel", {}).get("id", ""))
        if watcher is not None:
            watcher(event)

    def watched(self) -> set[str]:
        return set(self._watchers)

    def over(self, channels: set[str]) -> None:
        """After a time without events: these have ended."""
        for channel in channels:
            self.tell({"type": "ChannelDestroyed", "channel": {"id": channel}})

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that nobody waits for."""
        task = asyncio.ensure_future(work)
        # The set keeps the task alive; asyncio itself holds only a weak reference.
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        """Wait for all that was spawned."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def keep_together(self, bridge: str, *channels: str) -> None:
        """Two people talk: when one hangs up, the other is hung up, too."""

        async def part() -> None:
            for channel in channels:
                await self.ari.delete(f"/channels/{channel}")
            await self.ari.delete(f"/bridges/{bridge}")

        def on_event(event: Event) -> None:
            if event["type"] in OVER:
                for channel in channels:
                    self.forget(channel)
                self.spawn(part())

        for channel in channels:
            self.watch(channel, on_event)
