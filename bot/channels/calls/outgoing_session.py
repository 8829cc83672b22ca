"""One call that we made: is it a person who took it, and did they hear what we called for?"""

import asyncio

from bot.channels.calls.call import Gone
from bot.channels.calls.ear import Sign
from bot.channels.calls.limits import CallLimits
from bot.channels.calls.patience import Patience, Wait
from bot.channels.calls.session import CallSession, _Input
from bot.channels.line import Line
from bot.dialogue.answer import Answer
from bot.notices.call_book import CallBook, Job
from bot.services import Services
from flows.heard import HeardKind
from flows.understanding.normalise import normalise
from flows.understanding.phrases import mentions

# As Asterisk's AMD takes it apart, more patient: “喂，你好，哪位啊？” lasts about 2 s.
_NOBODY = 2.5
"""Seconds of nothing after which somebody is listening without a word."""
_LONG = 4.0
"""Seconds of talk without a pause that no person begins a call with."""
_PAUSE = 0.8
"""Seconds of silence that end a person's “喂”."""


class OutgoingSession(CallSession):
    """Says nothing of a matter before it knows that no machine listens."""

    def __init__(
        self, line: Line, services: Services, limits: CallLimits, book: CallBook, job: Job
    ) -> None:
        super().__init__(line, services, limits)
        self._book = book
        self._job = job
        self._conversation = job.conversation
        self._news = job.news
        self.reached = False
        """They heard what we called for, or answered."""
        self.missed = "cut"
        """Why not, while they did not."""

    async def _open(self) -> Answer:
        try:
            machine = await self._is_machine()
        except Gone:
            self._finished = True  # nobody said anything to us
            raise
        if machine:
            self.missed, self._finished = "machine", True
            raise Gone
        self._noticed.clear()
        return await self._take(_Input(HeardKind.CALLED, until=self._ear.position))

    async def _is_machine(self) -> bool:
        """Listens to how the call is taken; times are those of the sound itself."""
        self._ear.attend(Patience(8.0, lambda _: Wait(_PAUSE)))
        began = 0.0
        while True:
            self._check()
            while self._noticed:
                noticed = self._noticed.popleft()
                if noticed.sign is Sign.UTTERANCE:
                    heard = await self._understood(noticed)
                    return noticed.seconds > _LONG or self._is_recorded(heard.text)
            if not self._ear.speaking:
                began = self._ear.position
                if began > _NOBODY:
                    return False
            elif self._ear.position - began > _LONG + _PAUSE:
                return True
            await asyncio.sleep(0.1)

    def _is_recorded(self, text: str) -> bool:
        answers = self._services.community.lexicon.answers
        return mentions(normalise(text, answers.full_stop), answers.recorded, answers, 60)

    async def _next(self, answer: Answer) -> _Input:
        try:
            heard = await super()._next(answer)
        except Gone:
            if not self._mouth.busy:
                await self._heard_it()
            raise
        await self._heard_it()
        return heard

    async def _heard_it(self) -> None:
        if not self.reached:
            self.reached = True
            await asyncio.to_thread(self._book.reached, self._job)
