"""Hearing: what comes in becomes utterances, recognised while they are spoken."""

import asyncio
import logging
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum, auto

from bot.channels.calls.patience import LONGEST_TURN, Patience, Wait
from bot.channels.calls.strain import strain
from bot.channels.line import RATE
from bot.hearing.second import SecondHearing, is_sure
from flows.expected import Expected
from flows.heard import Prompted
from voice.echo import EchoGate
from voice.endpointing import Endpoint, Endpointer, EndpointSettings
from voice.recognition.protocol import Recogniser, RecogniserBusy, Recognition, Stream
from voice.sound import Sound

log = logging.getLogger(__name__)

_EARS = ThreadPoolExecutor(16, thread_name_prefix="hear")
_STEP = RATE // 10 * 2
"""Bytes of 100 ms: how finely a backlog is looked at."""
PAUSE = 0.3
"""Seconds of silence after which the words so far are judged."""
_PRE_ROLL = 0.6
"""Seconds kept from before speech was noticed: first syllables are soft."""
_START = 0.19
"""Seconds of speech before it is noticed at all: a click or a door is shorter."""
_DEBOUNCE = 0.35
"""Seconds of speech over a prompt before it counts as an interruption…"""
_WORDS = 2
"""…if the recogniser makes out so many characters: of a cough it makes none, or a “嗯”;…"""
_WORDLESS = 1.2
"""…without them it takes so many seconds of what sounds like speech."""
_SOON = 1.0
"""Seconds after a turn's end within which speech shows that the resident had only paused."""
_NEVER = 3600.0
_NOISE = Wait(1.2)
"""After what sounds like speech and has no words: nobody nods at a cough."""
_FOREVER = Patience(_NEVER, lambda _: _NOISE)
_BETWEEN = 1.0
"""Seconds of speech between two nods: who is nodded at for every word feels hurried."""


class Sign(Enum):
    """What a hearer notices."""

    INTERRUPTED = auto()
    """The resident speaks over the prompt, and means it."""
    LULL = auto()
    """They may have finished, or think: the moment for a listener's “嗯”. The utterance goes on."""
    UTTERANCE = auto()
    """A turn of speech ended; `recognition` has what was understood, `audio` what was not."""
    NOTHING = auto()
    """The patience after a prompt ran out."""


@dataclass(frozen=True, slots=True)
class Noticed:
    sign: Sign
    until: float = 0.0
    """Seconds of the recording this reaches to."""
    seconds: float = 0.0
    """Length of the utterance, without the silence after it."""
    began: float = 0.0
    """Seconds of the recording at which it began."""
    pauses: tuple[float, ...] = ()
    """Seconds of the silences that the resident made inside it."""
    goes_on: bool = False
    """It began so soon after the utterance before that the resident had only paused."""
    recognition: Recognition | None = None
    """None for speech that no recogniser was free for."""
    audio: bytes = b""
    """The utterance's sound."""
    again: "Future[Prompted | None] | None" = None
    """It, being heard a second time; None where nothing in particular was expected, or the first
    hearing is sure."""


class Ear:
    """Hears one call. `attend` and `guard` come from the event loop, `take` runs in worker threads,
    one call at a time and in order."""

    def __init__(self, recogniser: Recogniser, second: SecondHearing | None = None) -> None:
        self._recogniser = recogniser
        self._second = second
        self.expects: tuple[Expected, ...] = ()
        """What was asked for; set before the resident answers."""
        self._again: tuple[int, Future[Prompted | None] | None] = (-1, None)
        """Being heard a second time since a pause, up to this byte of speech."""
        self._endpointer = Endpointer(_settings(_FOREVER))
        self._echo = EchoGate()
        self._wish: tuple[Patience, bool] | None = None
        self._patience = _FOREVER
        self._guarding = True
        self._speaking = False
        self._told = False
        self._stream: Stream | None = None
        self._audio = bytearray()
        self._before: deque[bytes] = deque(maxlen=int(_PRE_ROLL * RATE * 2 / _STEP))
        self._heard = 0
        self._began = 0
        self._voiced = 0
        self._partial = ""
        self._judged: str | None = None
        self._wait = Wait(_NEVER)
        self._nodded = -_bytes(_BETWEEN)
        """Where the latest lull was."""
        self._paused = 0.0
        """The pause in front of this utterance, if it goes on with the one before."""
        self._waited = 0.0
        """The silence that ended the utterance before."""

    @property
    def position(self) -> float:
        """Seconds of the recording that were listened to."""
        return self._heard / 2 / RATE

    @property
    def speaking(self) -> bool:
        """Somebody is being heard this moment."""
        return self._speaking

    def guard(self, patience: Patience) -> None:
        """A prompt begins: speech interrupts it, silence means nothing."""
        self._wish = (patience, True)

    def attend(self, patience: Patience) -> None:
        """The prompt was said: it is the resident's turn."""
        self._wish = (patience, False)

    async def listen(self, pcm: bytes, played: bytes = b"") -> list[Noticed]:
        """`take`, in a worker thread."""
        return await asyncio.get_running_loop().run_in_executor(_EARS, self.take, pcm, played)

    def take(self, pcm: bytes, played: bytes = b"") -> list[Noticed]:
        """Hear the next stretch of sound; blocking, as fast as the recogniser is.

        played: what we said meanwhile, equally long; its echo is not heard.
        """
        noticed: list[Noticed] = []
        for at in range(0, len(pcm), _STEP):
            chunk, ours = pcm[at : at + _STEP], played[at : at + _STEP]
            if len(ours) == len(chunk) and self._echo.is_echo(chunk, ours):
                chunk = bytes(len(chunk))
            noticed += self._hear(chunk)
        return noticed

    def leave(self) -> Noticed | None:
        """The call is over: what was being said when it ended, if anything. Blocking."""
        return self._finish() if self._speaking else None

    def recover(self) -> Noticed:
        """Hearing failed in the middle of something: start afresh, and give back the sound of
        it."""
        broken = self._utterance(_nothing())
        self.close()
        self._speaking = False
        self._endpointer = Endpointer(_settings(self._patience))
        self._wish = (self._patience, True)
        return broken

    def close(self) -> None:
        self._endpointer.close()
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _hear(self, chunk: bytes) -> list[Noticed]:
        self._obey()
        self._heard += len(chunk)
        noticed: list[Noticed] = []
        endpoints = self._endpointer.feed(chunk)
        if Endpoint.SPEECH_STARTED in endpoints and not self._speaking:
            self._start(chunk)
        elif self._speaking:
            self._go_on(chunk)
        else:
            self._before.append(chunk)
        if not self._speaking:
            if Endpoint.NOTHING_SAID in endpoints and not self._guarding:
                self._wish = (self._patience, True)
                noticed.append(Noticed(Sign.NOTHING, self.position))
            return noticed
        if Endpoint.TURN_ENDED not in endpoints:
            self._voiced = self._heard - _bytes(self._endpointer.silence)
        self._judge()
        if Endpoint.SPEECH_PAUSED in endpoints:
            # Most pauses are the end of an answer: what is found is there when the turn is over.
            self._again = (self._voiced, self._hear_again())
        if self._guarding and not self._told and self._means_it():
            self._told = True
            noticed.append(Noticed(Sign.INTERRUPTED, self.position, began=self._began / 2 / RATE))
        if self._is_lull():
            self._nodded = self._heard
            noticed.append(Noticed(Sign.LULL, self.position))
        if Endpoint.TURN_ENDED in endpoints:
            over = self._finish()
            # Over a prompt, what does not interrupt and has no words is no turn: “嗯”, a cough.
            if self._told or not self._guarding or _has_words(over):
                noticed.append(over)
        return noticed

    def _judge(self) -> None:
        """In a pause: how long to wait, judged anew whenever more words have become clear."""
        if self._endpointer.silence < PAUSE:
            self._judged = None
        elif self._judged != self._partial:
            self._judged = self._partial
            noise = self._stream is not None and not self._partial
            self._wait = _NOISE if noise else self._patience.wait(self._partial)
            self._endpointer.wait(self._wait.end)

    def _is_lull(self) -> bool:
        """The moment of a pause to nod in, if it has one: once, and not soon after the last."""
        return (
            not self._guarding
            and self._wait.nod is not None
            and self._endpointer.silence >= self._wait.nod
            and self._voiced - self._nodded >= _bytes(_BETWEEN)
        )

    def _means_it(self) -> bool:
        """Whether this is an interruption, and no cough."""
        words = len(self._partial) >= _WORDS
        return self._length() >= (_DEBOUNCE if words else _WORDLESS)

    def _obey(self) -> None:
        """Take over what the conversation asked for; never in the middle of speech."""
        wish, self._wish = self._wish, None
        if wish is None:
            return
        self._patience, self._guarding = wish
        if not self._speaking:
            self._endpointer.reset(_settings(self._patience, quiet=self._guarding))

    def _start(self, chunk: bytes) -> None:
        self._speaking = True
        self._told = False
        began = self._heard - _bytes(_START)
        since = (began - self._voiced) / 2 / RATE
        self._paused = since if 0 < since - self._waited < _SOON else 0.0
        self._began = self._voiced = began
        self._judged = None
        self._audio = bytearray(b"".join(self._before) + chunk)
        self._before.clear()
        self._partial = ""
        try:
            self._stream = self._recogniser.stream()
            self._partial = self._stream.accept(bytes(self._audio))
        except RecogniserBusy:
            strain.deaf()
            log.warning("all recognisers are busy: this turn is recognised from its recording")

    def _go_on(self, chunk: bytes) -> None:
        self._audio += chunk
        if self._stream is not None:
            self._partial = self._stream.accept(chunk)

    def _finish(self) -> Noticed:
        recognition: Recognition | None = None
        if self._stream is not None:
            stream, self._stream = self._stream, None
            recognition = stream.finish()
        noticed = self._utterance(recognition)
        self._waited = (self._heard - self._voiced) / 2 / RATE
        self._speaking = False
        self._audio.clear()
        self._endpointer.reset(_settings(self._patience, quiet=self._guarding))
        return noticed

    def _utterance(self, recognition: Recognition | None) -> Noticed:
        cut_in = (self._paused,) if self._paused else ()
        return Noticed(
            Sign.UTTERANCE,
            self.position,
            self._length(),
            self._began / 2 / RATE,
            (*cut_in, *self._endpointer.pauses),
            bool(cut_in),
            recognition,
            bytes(self._audio),
            self._heard_again(recognition),
        )

    def _heard_again(self, heard: Recognition | None) -> "Future[Prompted | None] | None":
        """What was begun in the last pause, if nothing was said since (less than a step of sound,
        by which the measured pause varies); else begun now. None when the first hearing, whose
        confidence only its end tells, is sure: nobody waits for it."""
        until, again = self._again
        self._again = (-1, None)
        if heard is not None and is_sure(heard):
            if again is not None:
                again.cancel()
            return None
        return again if abs(self._voiced - until) < _STEP else self._hear_again()

    def _hear_again(self) -> "Future[Prompted | None] | None":
        if self._second is None:
            return None
        return self._second.begin(Sound(bytes(self._audio), RATE), self.expects)

    def _length(self) -> float:
        """Seconds from the first to the latest speech of this utterance."""
        return max(0, self._voiced - self._began) / 2 / RATE


def _has_words(noticed: Noticed) -> bool:
    return noticed.recognition is not None and len(noticed.recognition.text) >= _WORDS


def _bytes(seconds: float) -> int:
    return int(seconds * RATE) * 2


def _nothing() -> Recognition:
    return Recognition(text="", confidence=0.0)


def _settings(patience: Patience, quiet: bool = False) -> EndpointSettings:
    """`quiet`: silence before any speech never counts."""
    return EndpointSettings(
        start=_START,
        pause=PAUSE,
        end=patience.wait("").end,
        no_speech=_NEVER if quiet else patience.silence,
        longest=LONGEST_TURN,
    )
