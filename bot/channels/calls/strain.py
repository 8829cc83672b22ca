"""Whether this machine keeps up with the calls it has: measured where it would hurt first."""

import asyncio
import time
from collections.abc import Callable

_BEHIND = 1.0
"""Seconds of sound that wait to be heard: a reply would come that much later, and the best for old
people is 0.6–1.5 s after they finished."""
_BUSY_LOOP = 0.3
"""Seconds the event loop came too late: a third of what lies ahead on a line."""
_REMEMBERED = 5.0
"""Seconds for which a sign of strain counts."""
_TICK = 0.1


class Strain:
    """`behind` and `deaf` may come from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = 0.0

    @property
    def too_much(self) -> bool:
        """One more conversation would spoil those that are going on."""
        return self._clock() < self._until

    def behind(self, seconds: float) -> None:
        """So much sound of a call has arrived and was not heard yet."""
        if seconds > _BEHIND:
            self._note()

    def deaf(self) -> None:
        """Somebody speaks, and every recogniser is in use."""
        self._note()

    async def watch_loop(self) -> None:
        """Until cancelled."""
        while True:
            due = self._clock() + _TICK
            await asyncio.sleep(_TICK)
            if self._clock() - due > _BUSY_LOOP:
                self._note()

    def _note(self) -> None:
        self._until = self._clock() + _REMEMBERED


strain = Strain()
"""One process has one event loop and one pool of recognisers."""
