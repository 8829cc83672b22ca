"""A telephone line, a voice, a recogniser and a conversation that do as they are told."""

import asyncio
import dataclasses
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache

from bot.channels.line import AHEAD, RATE, LineClosed, LineEvent
from bot.dialogue.answer import Answer, Inbound
from flows.community import Community
from flows.heard import HeardKind
from locales.load import load_community
from voice.endpointing import Endpoint, EndpointSettings
from voice.recognition.protocol import Prompted, RecogniserBusy, Recognition, Rereading
from voice.sound import Sound

SPEED = 5
"""How much faster than life the fake line's time runs."""
LOUD = (8000).to_bytes(2, "little")


@cache
def community(**limits: int) -> Community:
    """The demo community, loaded once: telephones judge what is said to them."""
    demo = load_community()
    profile = demo.profile.model_copy(update={"limits": limits})
    return dataclasses.replace(demo, profile=profile)


def noise(seconds: float) -> bytes:
    """What counts as speech for `EnergyEndpointer`."""
    return LOUD * int(seconds * RATE)


class FakeLine:
    """A call whose sound runs `SPEED` times faster than the clock."""

    def __init__(self, caller: str = "13800138000", person: bool = False) -> None:
        self.id = "fake-1"
        self.caller = caller
        self.speed = SPEED
        self.person = person
        """Whether somebody takes a transfer."""
        self.transferred: list[str] = []
        self.gone = False
        self.gives_up = False
        self.hung_up = False
        self.flushes = 0
        self.sent = 0.0
        """Seconds that really went out."""
        self._incoming = bytearray()
        self._queued = 0.0
        self._at = time.monotonic()
        self._keys: list[Callable[[str], None]] = []
        self._events: list[Callable[[LineEvent], None]] = []

    async def answer(self) -> None:
        if self.gives_up:
            raise LineClosed("cancelled")
        self._at = time.monotonic()

    def read(self) -> bytes:
        passed = self._pass()
        if self.gone or not passed:
            return b""
        size = int(passed * RATE) * 2
        pcm = bytes(self._incoming[:size])
        del self._incoming[:size]
        return pcm + bytes(size - len(pcm))

    def write(self, pcm: bytes) -> int:
        if self.gone:
            return 0
        taken = min(len(pcm), max(0, int((AHEAD - self._queued) * RATE)) * 2)
        self._queued += taken / 2 / RATE
        return taken

    def buffered(self) -> float:
        return self._queued

    def flush(self) -> None:
        self.flushes += bool(self._queued)
        self._queued = 0.0

    def on_key(self, handler: Callable[[str], None]) -> None:
        self._keys.append(handler)

    def on_event(self, handler: Callable[[LineEvent], None]) -> None:
        self._events.append(handler)

    async def transfer(self, target: str) -> bool:
        self.transferred.append(target)
        await asyncio.sleep(0.05)
        if self.person:
            self.close()
        return self.person

    async def hangup(self) -> None:
        if not self.gone:
            self.hung_up = True
            self.close()

    # What the resident does.

    def speak(self, seconds: float) -> None:
        self._incoming += noise(seconds)

    def pause(self, seconds: float) -> None:
        """Silence before what is spoken next."""
        self._incoming += bytes(int(seconds * RATE) * 2)

    def press(self, key: str) -> None:
        for handler in self._keys:
            handler(key)

    def close(self) -> None:
        if not self.gone:
            self.gone = True
            self._queued = 0.0
            for handler in self._events:
                handler(LineEvent.CLOSED)

    def _pass(self) -> float:
        now = time.monotonic()
        passed, self._at = (now - self._at) * self.speed, now
        out = min(passed, self._queued)
        self._queued -= out
        self.sent += out
        return passed


class FakeVoice:
    name = "fake"

    def __init__(self) -> None:
        self.broken = False
        self.spoken: list[str] = []
        self.paces: list[float] = []
        self.slow: dict[str, float] = {}
        """Seconds of real time a text takes to synthesise."""

    def speak(self, text: str, pace: float = 1.0) -> Sound:
        if self.broken:
            raise RuntimeError("no voice")
        time.sleep(self.slow.get(text, 0))
        self.spoken.append(text)
        self.paces.append(pace)
        return Sound(noise(0.15 * len(text)), RATE)

    def foresee(self, text: str, pace: float = 1.0) -> None:
        self.speak(text, pace)


class FakeRecogniser:
    rate = RATE

    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)
        self.busy = False
        self.broken = False
        self.open = 0
        self.partial = ""
        self.prompted: Prompted | None = None
        self.held = threading.Event()
        """Until it is set, a second hearing is not done."""
        self.held.set()
        self.reread_phrases: list[tuple[str, ...]] = []

    def stream(self) -> "FakeStream":
        if self.busy:
            raise RecogniserBusy("busy")
        self.open += 1
        return FakeStream(self)

    def reread(
        self,
        sound: Sound,
        phrases: tuple[str, ...] = (),
        alternatives: int = 0,
        within: float = 1.0,
    ) -> Rereading:
        self.reread_phrases.append(phrases)
        self.held.wait(60)
        return Rereading(self.prompted)

    def recognise(self, sound: Sound) -> Recognition:
        return self.next(sound.seconds)

    def next(self, seconds: float) -> Recognition:
        text = self.texts.pop(0) if self.texts else ""
        return Recognition(text, 0.9 if text else 0.0, seconds=seconds)


class FakeStream:
    def __init__(self, owner: FakeRecogniser) -> None:
        self._owner = owner
        self._size = 0
        self._closed = False

    def accept(self, pcm: bytes) -> str:
        if self._owner.broken:
            raise RuntimeError("the recogniser broke")
        self._size += len(pcm)
        return self._owner.partial

    def finish(self) -> Recognition:
        self.close()
        return self._owner.next(self._size / 2 / RATE)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._owner.open -= 1


class EnergyEndpointer:
    """Loud is speech. Otherwise like the real one: times are seconds of sound fed."""

    def __init__(self, settings: EndpointSettings) -> None:
        self._settings = settings
        self.pauses: list[float] = []
        self.reset(settings)

    def reset(self, settings: EndpointSettings | None = None) -> None:
        self._settings = settings or self._settings
        self._in_turn = self._told = False
        self._length = self.silence = 0.0
        self._end = self._settings.end

    def close(self) -> None: ...

    def wait(self, seconds: float) -> None:
        self._end = seconds

    def feed(self, pcm: bytes) -> list[Endpoint]:
        settings, seconds = self._settings, len(pcm) / 2 / RATE
        before = self.silence
        self.silence = 0.0 if LOUD in pcm else self.silence + seconds
        if not self._in_turn:
            if not self.silence:
                self._in_turn, self.pauses = True, []
                return [Endpoint.SPEECH_STARTED]
            if self.silence >= settings.no_speech and not self._told:
                self._told = True
                return [Endpoint.NOTHING_SAID]
            return []
        self._length += seconds
        if not self.silence and before >= settings.pause:
            self.pauses.append(before)
            self._end = settings.end
        if self.silence >= self._end or self._length >= settings.longest:
            self.reset()
            return [Endpoint.TURN_ENDED]
        return [Endpoint.SPEECH_PAUSED] if before < settings.pause <= self.silence else []


@dataclass
class FakeTape:
    id: str
    data: bytearray = field(default_factory=bytearray)
    closed: bool = False
    broken: bool = False
    left: bool = False

    def write(self, data: bytes) -> None:
        if self.broken:
            raise OSError(28, "No space left on device")
        self.data += data

    def close(self) -> None:
        self.closed = True

    def leave(self) -> None:
        self.left = True


class FakeRecordings:
    def __init__(self) -> None:
        self.tapes: list[FakeTape] = []
        self.broken = False

    def start(self, call_id: str, media_type: str, conversation_id: str | None = None) -> FakeTape:
        if self.broken:
            raise OSError(28, "No space left on device")
        self.tapes.append(FakeTape("r1"))
        return self.tapes[-1]


Reply = Callable[[Inbound], Answer]


class ScriptedDialogue:
    """Answers each turn with the next reply; keeps what it was given."""

    def __init__(self, replies: Iterable[Answer | Exception]) -> None:
        self.replies = list(replies)
        self.turns: list[Inbound] = []
        self.help = False
        self.on_turn: Callable[[], None] = lambda: None
        self.broken = False

    def take(self, inbound: Inbound) -> Answer:
        if self.broken:
            raise OSError(28, "No space left on device")
        self.on_turn()
        self.turns.append(inbound)
        if inbound.kind is HeardKind.ENDED:
            return reply(step="ended")
        found = self.replies.pop(0) if self.replies else reply("再见", done=True)
        if isinstance(found, Exception):
            raise found
        return found

    def helped(self, conversation: str) -> bool:
        return self.help

    @property
    def kinds(self) -> list[str]:
        return [turn.kind.value for turn in self.turns]


def reply(*speech: str, step: str = "problem", **other: object) -> Answer:
    return Answer(
        conversation="c1", text="".join(speech), speech=speech, step=step, slots={}, ticket=None,
        **other,
    )  # fmt: skip
