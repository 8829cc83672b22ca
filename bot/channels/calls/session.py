"""One telephone call from the first word to the last."""

import asyncio
import contextlib
import logging
from collections import deque
from dataclasses import dataclass

from bot.channels.calls.call import SETTLE, Call, Gone
from bot.channels.calls.ear import Ear, Noticed, Sign
from bot.channels.calls.helped import Helped
from bot.channels.calls.intake import Intake
from bot.channels.calls.joined import Joined
from bot.channels.calls.limits import CallLimits
from bot.channels.calls.patience import Patience, patience
from bot.channels.calls.tape import MEDIA_TYPE, Tape, Writer
from bot.channels.line import RATE, Line
from bot.dialogue.answer import Answer, Inbound
from bot.dialogue.recognised import recognised
from bot.hearing.second import WITHIN
from bot.services import Services
from flows.channel import Channel
from flows.heard import HeardKind, News, Prompted
from voice.recognition.protocol import Recognition
from voice.sound import Sound

log = logging.getLogger(__name__)

_TOO_SHORT = 0.4
"""Seconds; a noise shorter than this without words is no attempt to speak."""
_SHORT_NOISES = 3
"""So many of them in a row are one."""


class _Leave(Exception):
    """The service stops."""


@dataclass(frozen=True, slots=True)
class _Input:
    kind: HeardKind
    key: str = ""
    recognition: Recognition | None = None
    until: float | None = None
    pauses: tuple[float, ...] = ()
    unheard: int = 0
    prompted: Prompted | None = None


class CallSession(Call):
    """Speaks with one caller."""

    def __init__(self, line: Line, services: Services, limits: CallLimits | None = None) -> None:
        super().__init__(line, services, limits or CallLimits())
        self._ear = Ear(services.recogniser, services.second)
        self._tape = Tape(None)
        self._noticed: deque[Noticed] = deque()
        self._keys: deque[tuple[str, int]] = deque()
        """Keys, each with the clauses that were unheard when it was pressed."""
        self._unheard: int | None = None
        """Clauses that were unheard when the resident began to speak over them."""
        self._joined = Joined()
        self._leaving = False
        self._turn = 0
        self._conversation = ""
        self._news: tuple[News, ...] = ()
        """What a resident is told whom we called."""
        self._noises = 0
        self._interruptible = True
        self._helped = Helped(services.dialogue, self._stirred.set)
        self._finished = False
        """The conversation came to its own end; a draft is no longer needed."""

    def leave(self) -> None:
        self._leaving = True
        self._stirred.set()

    async def _talk(self) -> str:
        self._tape = Tape(await self._start_recording(), self._limits.recording_mb)
        self._intake = Intake(self._line, self._tape, self._ear, self._mouth, self._stirred.set)
        self._noticed = self._intake.noticed
        warming = asyncio.ensure_future(self._mouth.warm_up(self._clauses))
        try:
            return await self._whole()
        finally:
            warming.cancel()

    async def _whole(self) -> str:
        """The whole conversation, whatever breaks in it."""
        try:
            try:
                return await self._converse()
            except (Gone, _Leave):
                raise
            except Exception:
                # Wherever it broke: the caller hears so, a person is tried, and what was said
                # stays.
                log.exception("call %s: the conversation broke", self._line.id)
                await self._give_to_person("call.apology")
                return "broken"
        except Gone:
            return "hung_up"
        except _Leave:
            await self._say_fixed("call.stopping")
            return "stopped"
        except Exception:
            log.exception("call %s: the apology broke, too", self._line.id)
            return "broken"

    async def _converse(self) -> str:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        answer = await self._open()
        while True:
            if answer.transfer:
                await self._say_out(answer)
                if await self._line.transfer(self._services.settings.human_extension):
                    await self._take(_Input(HeardKind.CONNECTED))
                    return "transferred"
                self._noticed.clear()
                answer = await self._take(_Input(HeardKind.NO_PERSON))
            elif answer.done:
                await self._say_out(answer)
                self._finished = True
                return "completed"
            elif self._tape.full or loop.time() - begun > 60 * self._limits.call_minutes:
                await self._give_to_person("call.too_long")
                return "too_long"
            else:
                heard = await self._next(answer)
                answer = await self._take(heard)

    async def _open(self) -> Answer:
        """The first turn."""
        opened = self._take(_Input(HeardKind.OPENED, until=0.0))
        answer, _ = await asyncio.gather(opened, asyncio.sleep(SETTLE))
        return answer

    async def _next(self, answer: Answer) -> _Input:
        """Say the answer and wait for what the resident does next."""
        wait = self._patience(answer)
        self._ear.guard(wait)
        self._unheard = None
        self._ear.expects = answer.expects
        self._mouth.say(answer.speech, answer.pace, answer.likely)
        saying: asyncio.Task[None] | None = asyncio.ensure_future(self._mouth.finished())
        self._helped.watch(self._conversation)
        try:
            while True:
                self._check()
                if self._keys:
                    self._mouth.stop()
                    self._mouth.decided = asyncio.get_running_loop().time()
                    key, unheard = self._keys.popleft()
                    return _Input(HeardKind.KEY, key=key, unheard=unheard)
                while self._noticed:
                    if (heard := await self._consider(self._noticed.popleft(), wait)) is not None:
                        return heard
                if self._helped.here and not self._ear.speaking:
                    self._mouth.stop()
                    return _Input(HeardKind.GO_ON)
                if saying is not None and saying.done():
                    saying = None
                    self._ear.attend(wait)
                await self._stir(saying)
        finally:
            self._helped.stop()
            if saying is not None:
                saying.cancel()

    def _patience(self, answer: Answer) -> Patience:
        community = self._services.community
        return patience(answer.step, answer.pace, community, answer.usual_pause)

    async def _consider(self, noticed: Noticed, wait: Patience) -> _Input | None:
        """An input, or None when this is none (yet)."""
        if noticed.sign is Sign.LULL:
            if not self._noticed:  # else it is past
                self._mouth.nod()
            return None
        if noticed.sign is Sign.INTERRUPTED:
            self._unheard = self._left(noticed)
            self._mouth.stop()
            return None
        decided = asyncio.get_running_loop().time()
        if noticed.sign is Sign.NOTHING:
            if self._mouth.busy:
                return None
            self._mouth.decided = decided
            return _Input(HeardKind.SILENCE, until=noticed.until)
        heard = await self._understood(noticed)
        whole = bool(heard.text) and wait.wait(heard.text).whole
        joined = self._joined.take(heard, noticed.goes_on, whole)
        if heard.text:
            self._noises = 0
            unheard = self._left(noticed)
            self._mouth.stop()
            self._mouth.decided = decided
            # The second hearing knows only what was said last.
            again = await self._heard_again(noticed) if joined is heard else None
            pauses = noticed.pauses
            return _Input(HeardKind.SPEECH, "", joined, noticed.until, pauses, unheard, again)
        if noticed.seconds < _TOO_SHORT and self._noises < _SHORT_NOISES:
            self._noises += 1
            return None
        self._noises = 0
        self._mouth.stop()
        self._mouth.decided = decided
        return _Input(HeardKind.UNCLEAR, until=noticed.until)

    def _left(self, noticed: Noticed) -> int:
        """Clauses of the prompt that were unheard when this speech began."""
        if self._unheard is not None:
            return self._unheard
        return self._mouth.unheard(noticed.began)

    async def _understood(self, noticed: Noticed) -> Recognition:
        """The recognition; made now from the kept sound when no recogniser was free while it was
        spoken."""
        if noticed.recognition is not None:
            return noticed.recognition
        if self._mouth.filler and not self._mouth.busy:
            self._mouth.play(self._mouth.filler)
        sound = Sound(noticed.audio, RATE)
        try:
            return await asyncio.to_thread(self._services.recogniser.recognise, sound)
        except Exception as error:
            log.error("一段话没能识别（%s）：录音已留下，当作没听清。", error)
            return Recognition(text="", confidence=0.0, seconds=sound.seconds)

    async def _heard_again(self, noticed: Noticed) -> Prompted | None:
        """What the second hearing found; None when it is late: the caller does not wait for it."""
        if noticed.again is None:
            return None
        try:
            return await asyncio.wait_for(asyncio.wrap_future(noticed.again), WITHIN)
        except TimeoutError:
            return None
        except Exception as error:
            log.error("一句回答没能再听一遍（%s）：照第一遍听到的办。", error)
            return None

    async def _take(self, heard: _Input) -> Answer:
        """One turn, in a worker thread; finished even when the caller hangs up meanwhile."""
        self._turn += 1
        recognition = heard.recognition
        inbound = Inbound(
            channel=Channel.PHONE,
            address=self._line.caller,
            key=f"{self._line.id}:{self._turn}",
            kind=heard.kind,
            **(recognised(recognition) if recognition else {}),
            prompted=heard.prompted,
            pressed=heard.key,
            recording=self._tape.id,
            heard_until=heard.until or 0.0,
            conversation=self._conversation,
            pauses=heard.pauses,
            unheard=heard.unheard,
            news=self._news if heard.kind is HeardKind.CALLED else (),
        )
        answer = await asyncio.shield(asyncio.to_thread(self._services.dialogue.take, inbound))
        self._conversation = answer.conversation
        return answer

    async def _give_to_person(self, why: str) -> None:
        """Say `why` (a fixed message), then do what key 0 does: connect a person or promise a
        call-back."""
        await self._say_fixed(why)
        answer: Answer | None = None
        transfer = bool(self._services.settings.human_extension)
        with contextlib.suppress(Exception):
            answer = await self._take(_Input(HeardKind.KEY, key="0"))
            transfer = answer.transfer
        if answer is not None:
            await self._say_out(answer)
        if not transfer:
            return
        taken = await self._line.transfer(self._services.settings.human_extension)
        with contextlib.suppress(Exception):
            kind = HeardKind.CONNECTED if taken else HeardKind.NO_PERSON
            answer = await self._take(_Input(kind))
            if not taken:
                await self._say_out(answer)

    async def _say_out(self, answer: Answer) -> None:
        """Say all of it; nothing interrupts but hanging up."""
        self._ear.guard(self._patience(answer))
        self._mouth.say(answer.speech, answer.pace)
        await self._until_said()

    async def _say_fixed(self, key: str) -> None:
        pcm = self._mouth.apology
        with contextlib.suppress(Exception):
            pcm = b"".join(await self._mouth.ready(self._clauses(key))) or pcm
        self._mouth.play(pcm)
        await self._until_said()

    async def _until_said(self) -> None:
        self._interruptible = False
        try:
            await super()._until_said()
        finally:
            self._interruptible = True

    def _check(self) -> None:
        if self._closed.is_set():
            raise Gone
        if self._leaving:
            raise _Leave

    def _on_key(self, key: str) -> None:
        unheard = self._mouth.unheard()
        if self._interruptible:
            self._mouth.stop()
        self._keys.append((key, unheard))
        self._stirred.set()

    async def _start_recording(self) -> Writer | None:
        try:
            return await asyncio.to_thread(
                self._services.recordings.start, self._line.id, MEDIA_TYPE
            )
        except Exception as error:
            log.error("这通电话没能开始录音（%s）：请检查磁盘空间和数据库。", error)
            return None

    async def _hang_up(self) -> None:
        """End the call in whatever state it is, and keep all that was said."""
        await self._line.hangup()
        self._closed.set()
        self._mouth.stop()
        if self._intake is None:
            return
        await self._intake.finish()
        kept = await self._keep_last_words()
        await asyncio.to_thread(self._ear.close)
        if kept:
            await asyncio.to_thread(self._tape.close)
        # Otherwise the recording stays open: at the next start it is heard again from where turns
        # end.

    async def _keep_last_words(self) -> bool:
        """Take what was said last, and the end itself. False when that could not be stored."""
        try:
            if (last := await asyncio.to_thread(self._ear.leave)) is not None:
                self._noticed.append(last)
            if self._finished:
                return True
            for noticed in self._noticed:
                if noticed.sign is Sign.UTTERANCE:
                    heard = await self._understood(noticed)
                    if heard.text:
                        said = _Input(HeardKind.SPEECH, recognition=heard, until=noticed.until)
                        await self._take(said)
            await self._take(_Input(HeardKind.ENDED))
        except Exception:
            log.exception("call %s: its end could not be stored", self._line.id)
            return False
        return True
