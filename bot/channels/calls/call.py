"""What every call has in common, whoever speaks in it: it is answered, listened to, and ended."""

import asyncio
import logging
from abc import ABC, abstractmethod

from bot.channels.calls.intake import Intake
from bot.channels.calls.limits import CallLimits
from bot.channels.calls.mouth import Mouth
from bot.channels.line import Line, LineClosed, LineEvent
from bot.metrics import calls_running, calls_total
from bot.services import Services
from flows.prompt import Prompt

log = logging.getLogger(__name__)

SETTLE = 0.5
"""Seconds between answering and the first word: the caller's side still opens its audio, and the
telephone travels to the ear. Measured: without it the first syllables were lost."""
_TAIL = 0.4
"""Seconds between the last sound sent and hanging up: it still has to cross the far end's
buffer."""


class Gone(Exception):
    """The caller hung up, or the call broke."""


class Call(ABC):
    """`run` returns when the call is over and never raises, but for cancelling."""

    def __init__(self, line: Line, services: Services, limits: CallLimits) -> None:
        self.answered = False
        self._line = line
        self._services = services
        self._limits = limits
        self._mouth = Mouth(line, services.synthesiser)
        self._intake: Intake | None = None
        self._stirred = asyncio.Event()
        """Set when something happened that may matter to who waits."""
        self._closed = asyncio.Event()

    async def run(self) -> None:
        line = self._line
        line.on_key(self._on_key)
        line.on_event(self._on_event)
        try:
            await line.answer()
        except LineClosed:
            await line.hangup()
            calls_total.labels(outcome="abandoned").inc()
            return
        self.answered = True
        log.info("call %s answered", line.id)
        calls_running.inc()
        outcome = "broken"
        try:
            outcome = await self._talk()
        except Exception:
            log.exception("call %s broke", line.id)
        finally:
            calls_running.dec()
            await self._hang_up()
            calls_total.labels(outcome=outcome).inc()
            log.info("call %s over: %s", line.id, outcome)

    @abstractmethod
    def leave(self) -> None:
        """The service stops: come to an end, soon."""

    @abstractmethod
    async def _talk(self) -> str:
        """All of it; returns how it ended."""

    @abstractmethod
    def _on_key(self, key: str) -> None: ...

    def _on_event(self, event: LineEvent) -> None:
        if event is LineEvent.CLOSED:
            self._closed.set()
        elif self._intake is not None:
            self._intake.held = event is LineEvent.HELD
        self._stirred.set()

    async def _hang_up(self) -> None:
        await self._line.hangup()

    async def _until_said(self) -> None:
        """Until the mouth has said all of it. Raises `Gone`."""
        saying = asyncio.ensure_future(self._mouth.finished())
        try:
            while not saying.done():
                if self._closed.is_set():
                    raise Gone
                await self._stir(saying)
        finally:
            saying.cancel()
        await asyncio.sleep(_TAIL)

    async def _stir(self, saying: "asyncio.Task[None] | None" = None) -> None:
        """Wait until something happens: a key, a sign of the ear, an event, or the prompt's end."""
        if saying is not None and saying.done():
            return
        stirred = asyncio.ensure_future(self._stirred.wait())
        try:
            await asyncio.wait(
                {stirred, saying} if saying else {stirred}, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            stirred.cancel()
        self._stirred.clear()

    def _clauses(self, *keys: str) -> tuple[str, ...]:
        """Of the call's own messages."""
        profile = self._services.community.profile
        values: dict[str, str | int] = {"community": profile.name, "hotline": profile.hotline}
        return self._services.wording.speech([Prompt(key=key, values=values) for key in keys])
