"""A call that cannot be taken now: an honest sentence, and a message that becomes a ticket."""

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.channels.calls.call import SETTLE, Call, Gone
from bot.channels.calls.ear import Noticed, Sign
from bot.channels.calls.intake import Intake
from bot.channels.calls.limits import CallLimits
from bot.channels.calls.tape import MEDIA_TYPE, Tape
from bot.channels.line import RATE, Line
from bot.dialogue.answer import Inbound
from bot.services import Services
from flows.channel import Channel
from flows.effects import Pace
from flows.heard import HeardKind
from voice.endpointing import Endpoint, Endpointer, EndpointSettings

if TYPE_CHECKING:
    from bot.channels.calls.later import Later

log = logging.getLogger(__name__)

_PATIENT = EndpointSettings(end=5.0, no_speech=12.0, longest=3600.0)
"""Nobody asks anything while a message is left: long pauses are thinking."""


class MessageSession(Call):
    """Says why, records, thanks, hangs up. A person is asked to call back as soon as the recording
    runs, so nothing is lost whatever happens next; its words are recognised when there is room."""

    def __init__(
        self,
        line: Line,
        services: Services,
        limits: CallLimits,
        later: "Later",
        why: str,
        *,
        keep: bool,
    ) -> None:
        """why: the message key of what is said first. keep: whether there is room to record."""
        super().__init__(line, services, limits)
        self._later = later
        self._why = why
        self._keep = keep
        self._ended = False

    def leave(self) -> None:
        """What was said so far is kept."""
        self._end()

    async def _talk(self) -> str:
        log.info("call %s is for a message: %s", self._line.id, self._why)
        with suppress(Gone):
            await (self._record() if self._keep else self._excuse())
        return "message" if self._keep else "sorry"

    async def _excuse(self) -> None:
        pump = asyncio.ensure_future(self._pump())
        try:
            await asyncio.sleep(SETTLE)
            await self._say(self._why)
        finally:
            pump.cancel()

    async def _pump(self) -> None:
        while True:
            self._mouth.pump()
            self._line.read()
            await asyncio.sleep(0.02)

    async def _record(self) -> None:
        writer = await asyncio.to_thread(self._services.recordings.start, self._line.id, MEDIA_TYPE)
        tape = Tape(writer, self._limits.recording_mb)
        ear = _Ear()
        self._intake = Intake(self._line, tape, ear, self._mouth, self._stirred.set)
        try:
            promised = asyncio.to_thread(self._services.dialogue.take, self._promise(writer.id))
            await asyncio.gather(asyncio.shield(promised), asyncio.sleep(SETTLE))
            withheld = () if self._line.caller else ("call.number",)
            await self._say(self._why, *withheld, "call.message")
            ear.begin()
            await self._until_silent()
            await self._say("call.noted")
        finally:
            self._closed.set()
            await self._intake.finish()
            ear.close()
            await asyncio.to_thread(tape.leave)
            self._later.add(writer.id)

    def _promise(self, recording: str) -> Inbound:
        return Inbound(
            channel=Channel.PHONE,
            address=self._line.caller,
            key=f"{self._line.id}:1",
            kind=HeardKind.NO_PERSON,
            recording=recording,
        )

    async def _until_silent(self) -> None:
        """Until the caller is silent for long, presses a key, hangs up or has spoken too long."""
        assert self._intake is not None
        loop = asyncio.get_running_loop()
        deadline = loop.time() + 60 * self._limits.message_minutes
        while not (self._closed.is_set() or self._ended or self._intake.noticed):
            left = deadline - loop.time()
            if left <= 0:
                return
            self._stirred.clear()
            try:
                await asyncio.wait_for(self._stirred.wait(), left)
            except TimeoutError:
                return

    async def _say(self, *keys: str) -> None:
        self._mouth.say(self._clauses(*keys), Pace.NORMAL)
        await self._until_said()

    def _on_key(self, key: str) -> None:
        self._end()

    def _end(self) -> None:
        self._ended = True
        self._stirred.set()


class _Ear:
    """Notices only the end of the message: no recogniser is free, that is why it is left."""

    def __init__(self) -> None:
        self._endpointer: Endpointer | None = None
        self._heard = 0

    def begin(self) -> None:
        self._endpointer = Endpointer(_PATIENT)

    async def listen(self, pcm: bytes, played: bytes) -> list[Noticed]:
        self._heard += len(pcm)
        if self._endpointer is None:
            return []
        found = await asyncio.to_thread(self._endpointer.feed, pcm)
        until = self._heard / 2 / RATE
        signs = {Endpoint.TURN_ENDED: Sign.UTTERANCE, Endpoint.NOTHING_SAID: Sign.NOTHING}
        return [Noticed(signs[point], until) for point in found if point in signs]

    def close(self) -> None:
        if self._endpointer is not None:
            self._endpointer.close()

    def recover(self) -> Noticed:
        return Noticed(Sign.UTTERANCE, self._heard / 2 / RATE)
