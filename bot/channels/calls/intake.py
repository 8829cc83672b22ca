"""Sound from the line: to disk first, then to the ear."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from bot.channels.calls.ear import Noticed
from bot.channels.calls.mouth import Mouth
from bot.channels.calls.strain import strain
from bot.channels.calls.tape import Tape
from bot.channels.line import RATE, Line

log = logging.getLogger(__name__)

_TAPES = ThreadPoolExecutor(8, thread_name_prefix="tape")
"""Not the common pool: a recording must not wait behind something slow."""
_TICK = 0.02
_BATCH = RATE // 10 * 2
"""Bytes of 100 ms: what is written and listened to at once."""
_GAP = 0.2
"""Seconds without a packet after which silence is filled in: telephones that send none while
their owner is silent must not stop our clock."""
_LAST_WORDS = 15.0
"""Seconds the recognition of what was said last may take after hanging up."""


class Hearer(Protocol):
    """What listens: `Ear`."""

    async def listen(self, pcm: bytes, played: bytes) -> list[Noticed]: ...

    def recover(self) -> Noticed: ...


_Sound = tuple[bytes, bytes]
"""What came in, and what was played meanwhile: equally long."""
_Queue = asyncio.Queue[_Sound | None]


class Intake:
    """Three tasks in a row, so that nothing slow delays what stands before it: take from the line
    (and let the mouth speak), write, listen."""

    def __init__(
        self,
        line: Line,
        tape: Tape,
        ear: Hearer,
        mouth: Mouth,
        stir: Callable[[], None],
    ) -> None:
        """stir: called when something was heard."""
        self.noticed: deque[Noticed] = deque()
        """What the ear noticed and nobody has considered yet, oldest first."""
        self.held = False
        """The far end put us on hold: its silence means nothing."""
        self._line = line
        self._tape = tape
        self._ear = ear
        self._mouth = mouth
        self._stir = stir
        self._over = False
        self._arrived = bytearray()
        self._along = bytearray()
        self._taken = 0
        self._batches: _Queue = asyncio.Queue()
        self._written: _Queue = asyncio.Queue()
        self._taking = asyncio.ensure_future(self._take())
        self._following = asyncio.gather(self._write(), self._listen())

    async def finish(self) -> None:
        """The call is over: write all that came, and hear it out if that takes no longer than a
        person would wait."""
        self._over = True
        await self._taking
        self._pass_on()
        self._batches.put_nowait(None)
        try:
            await asyncio.wait_for(self._following, _LAST_WORDS)
        except TimeoutError:
            log.warning("call %s: its end could not be recognised in time", self._line.id)

    async def _take(self) -> None:
        loop = asyncio.get_running_loop()
        last = loop.time()
        while not self._over:
            now = loop.time()
            if (pcm := self._line.read()) or self.held:
                last = now
            elif now - last > _GAP:
                pcm = bytes(int((now - last) * RATE) * 2)
                last = now
            self._arrived += pcm
            self._along += self._mouth.played.meanwhile(len(pcm))
            self._taken += len(pcm)
            if len(self._arrived) >= _BATCH:
                self._pass_on()
            self._mouth.pump(self._taken / 2 / RATE)
            await asyncio.sleep(_TICK)

    def _pass_on(self) -> None:
        self._batches.put_nowait((bytes(self._arrived), bytes(self._along)))
        self._arrived.clear()
        self._along.clear()

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            batch, along, last = await _all(self._batches)
            if batch:
                await loop.run_in_executor(_TAPES, self._tape.write, batch)
                self._written.put_nowait((batch, along))
            if last:
                self._written.put_nowait(None)
                return

    async def _listen(self) -> None:
        while True:
            batch, along, last = await _all(self._written)
            strain.behind(len(batch) / 2 / RATE)
            try:
                self.noticed += await self._ear.listen(batch, along)
            except Exception:
                # What was said is on the tape; the caller is asked again, and has keys.
                log.exception("call %s: hearing failed", self._line.id)
                self.noticed.append(self._ear.recover())
            self._stir()
            if last:
                return


async def _all(queue: _Queue) -> tuple[bytes, bytes, bool]:
    """Everything that waits in a queue, and whether `None` (the end) was among it."""
    parts = [await queue.get()]
    while not queue.empty():
        parts.append(queue.get_nowait())
    sounds = [part for part in parts if part]
    came, along = (b"".join(sound[i] for sound in sounds) for i in (0, 1))
    return came, along, None in parts
