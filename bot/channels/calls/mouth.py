"""Speaking: clauses become sound a little ahead of the line, and stop at once when they must."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from bot.channels.calls.played import Played
from bot.channels.calls.progress import Progress
from bot.channels.line import RATE, Line
from bot.metrics import reply_seconds
from flows.effects import Pace
from voice.codecs import resample
from voice.synthesis.for_phone import louder
from voice.synthesis.pauses import after
from voice.synthesis.protocol import Synthesiser

log = logging.getLogger(__name__)

_VOICES = ThreadPoolExecutor(8, thread_name_prefix="speak")
"""Many, because most clauses come from the cache and must not wait behind one that is rendered."""
_BEFORE_FILLER = 0.4
"""Seconds of waiting for a clause before “请稍等” fills the gap: half a second is a hesitation,
more is a line that went dead."""
_LONGER = 1.5
"""How much longer pauses are for who wants it slower: they help old listeners more than slower
syllables do."""
_MOST = RATE * 2
"""Bytes offered to the line at once: 1 s, all it ever takes."""
SLOW = 0.85
"""Of Kokoro's own pace. A first measurement: 5.4 % of syllables misheard at 1.0, 7.1 % at 0.85."""
_LOUD = 1.8
"""Gain, about +5 dB."""

_SOFT = 0.6
"""Gain of a nod, −4.4 dB: heard beside one's own voice, and never an interruption."""


async def render(synthesiser: Synthesiser, clause: str, pace: Pace = Pace.NORMAL) -> bytes:
    """A clause as PCM for the line. Raises `SynthesisError`."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_VOICES, _render, synthesiser, clause, pace)


def _render(synthesiser: Synthesiser, clause: str, pace: Pace) -> bytes:
    sound = resample(synthesiser.speak(clause, _rate(pace)), RATE)
    return (louder(sound, _LOUD) if pace.loud else sound).pcm


def _soft(pcm: bytes) -> bytes:
    return (np.frombuffer(pcm, "<i2") * _SOFT).astype("<i2").tobytes()


def _rate(pace: Pace) -> float:
    return SLOW if pace.slow else 1.0


class Mouth:
    """Says one answer at a time over a line. `pump` must be called every 20 ms or so."""

    def __init__(self, line: Line, synthesiser: Synthesiser) -> None:
        self._line = line
        self._synthesiser = synthesiser
        self._queue = bytearray()
        self._progress = Progress(line)
        self.played = Played(line)
        """What really went out, for telling its echo."""
        self._task: asyncio.Task[None] | None = None
        self._done = asyncio.Event()
        self._done.set()
        self.decided: float | None = None
        """When it was clear that there is something to answer, on the loop's clock; None once the
        answer has begun."""
        self.filler = b""
        """A short “请稍等”, ready to play; empty while it is not rendered."""
        self.nods: Sequence[bytes] = ()
        """What a listener says so that the line is not dead, each a little different."""
        self._nodded = 0
        self.apology = b""
        """Played when nothing of an answer could be spoken."""

    async def warm_up(self, wording: Callable[[str], Sequence[str]]) -> None:
        """Have ready what is needed when something is late or wrong, and what a listener says.

        wording: the clauses of a call's own message.
        """
        try:
            self.filler = b"".join(await self.ready(wording("call.filler")))
            self.apology = b"".join(await self.ready(wording("call.apology")))
            self.nods = await self.ready(wording("call.nod"))
        except Exception as error:
            log.error("备用语句没能合成（%s）：请运行 linsheng doctor 检查语音。", error)

    async def ready(self, clauses: Sequence[str]) -> list[bytes]:
        """Them as sound. Raises `SynthesisError`."""
        return [await render(self._synthesiser, clause) for clause in clauses]

    def say(self, clauses: Sequence[str], pace: Pace, likely: Sequence[str] = ()) -> None:
        """Begin to speak; whatever was being said is dropped.

        likely: what may have to be said next; made ready as soon as the voice is free.
        """
        self.stop()
        self._progress.begin(len(clauses))
        self._done.clear()
        self._task = asyncio.ensure_future(self._speak(clauses, pace))
        self._task.add_done_callback(lambda task: self._foresee(likely, pace, task.cancelled()))

    def play(self, pcm: bytes) -> None:
        """Begin to play sound that is ready."""
        self.stop()
        self._queue += pcm
        self._done.clear()

    def nod(self) -> None:
        """A soft sign that somebody listens; nothing is begun by it, and nobody waits for its
        end."""
        if self.nods and not self.busy:
            self._queue += _soft(self.nods[self._nodded % len(self.nods)])
            self._nodded += 1

    def stop(self) -> None:
        """Silence, now."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._queue.clear()
        self.played.flushed()
        self._line.flush()
        self._done.set()

    def unheard(self, at: float | None = None) -> int:
        """How many clauses of the answer had not been heard when the recording reached to `at`
        seconds; None: now."""
        return self._progress.unheard(at)

    @property
    def busy(self) -> bool:
        return not self._done.is_set()

    async def finished(self) -> None:
        """Returns when everything was really sent (or stopped)."""
        await self._done.wait()

    def pump(self, at: float = 0.0) -> None:
        """Hand the line what it takes. The recording reaches to `at` seconds."""
        self._progress.tick(at)
        if self._queue:
            taken = self._line.write(bytes(self._queue[:_MOST]))
            self.played.written(bytes(self._queue[:taken]))
            del self._queue[:taken]
            if taken and self.decided is not None:
                reply_seconds.observe(asyncio.get_running_loop().time() - self.decided)
                self.decided = None
            self._progress.written(taken)
        elif self.busy and (self._task is None or self._task.done()) and not self._line.buffered():
            self._done.set()

    async def _speak(self, clauses: Sequence[str], pace: Pace) -> None:
        longer = _LONGER if pace.slow else 1.0
        pause, spoken, filled = b"", False, False
        for clause in clauses:
            rendering = asyncio.ensure_future(render(self._synthesiser, clause, pace))
            try:
                while not rendering.done():
                    await asyncio.wait({rendering}, timeout=_BEFORE_FILLER)
                    if not rendering.done() and not filled and self._dry():
                        self._add(self.filler)
                        filled = True
                pcm = rendering.result()
            except asyncio.CancelledError:
                rendering.cancel()
                raise
            except Exception as error:
                log.error("一句话没能合成（%s）：跳过；请运行 linsheng doctor 检查语音。", error)
                continue
            self._add(pause + pcm)
            self._progress.clause_ends()
            pause, spoken = bytes(int(RATE * longer * after(clause)) * 2), True
        if clauses and not spoken:
            self._add(self.apology)

    def _add(self, pcm: bytes) -> None:
        self._queue += pcm
        self._progress.added(len(pcm))

    def _foresee(self, clauses: Sequence[str], pace: Pace, interrupted: bool) -> None:
        for clause in () if interrupted else clauses:
            _VOICES.submit(self._synthesiser.foresee, clause, _rate(pace))

    def _dry(self) -> bool:
        return not self._queue and self._line.buffered() < 0.1
