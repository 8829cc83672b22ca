"""Notices that a volunteer settled what was just asked: the resident need not answer any more."""

import asyncio
import logging
from collections.abc import Callable

from bot.dialogue.dialogue import Dialogue

log = logging.getLogger(__name__)

_EVERY = 1.0
"""Seconds between two looks; a look reads one row."""


class Helped:
    """Looks while the resident is waited for. The volunteer may sit at another machine: what they
    set right comes by the database."""

    def __init__(self, dialogue: Dialogue, stir: Callable[[], None]) -> None:
        """stir: called when there is help."""
        self._dialogue = dialogue
        self._stir = stir
        self._task: asyncio.Task[None] | None = None
        self.here = False
        """What was asked last is settled."""

    def watch(self, conversation: str) -> None:
        """A question was asked: begin to look."""
        self.stop()
        self._task = asyncio.ensure_future(self._look(conversation))

    def stop(self) -> None:
        self.here = False
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _look(self, conversation: str) -> None:
        try:
            helped = False
            while not helped:
                await asyncio.sleep(_EVERY)
                helped = await asyncio.to_thread(self._dialogue.helped, conversation)
        except Exception:
            # Without it the resident is asked once more, or waits a little longer.
            log.warning("whether a volunteer helped cannot be seen", exc_info=True)
            return
        self.here = True
        self._stir()
