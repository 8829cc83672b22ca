"""Listening a second time to what the first hearing is not sure of."""

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any

from bot.channels.line import RATE
from bot.hearing.phrases import Phrases
from flows.channel import Channel
from flows.community import Community
from flows.conversation import Conversation, StepName
from flows.expected import Expected, expected
from flows.heard import Prompted
from voice.recognition.protocol import (
    Recogniser,
    RecogniserFailed,
    Recognition,
    Rereading,
)
from voice.sound import Sound

LONGEST = 12.0
"""Seconds: who speaks longer tells a story, whatever was asked."""
WITHIN = 0.6
"""Seconds a caller's answer may take to be heard again; then the first hearing stands alone."""
SURE, SURE_WORD = 0.9, 0.9
"""Trust, and confidence of the least sure word, from which a second hearing changes nothing worth
the time: docs/hearing.md; `make bench-context` measures it."""
_READINGS = 5
_PATIENT = 20.0
"""Seconds for a message: nobody holds a telephone meanwhile."""
_AGAIN = ThreadPoolExecutor(2, thread_name_prefix="hear-again")


def is_sure(heard: Recognition) -> bool:
    """Whether the first hearing is enough."""
    least = min((word.confidence for word in heard.words), default=0.0)
    return heard.trust >= SURE and least >= SURE_WORD and not heard.strange


class SecondHearing:
    """Thread-safe."""

    def __init__(self, recogniser: Recogniser, community: Community) -> None:
        self._recogniser = recogniser
        self._phrases = Phrases(community)

    def begin(
        self, sound: Sound, expects: tuple[Expected, ...]
    ) -> "Future[Prompted | None] | None":
        """At once, in a thread of its own; None when nothing in particular is expected."""
        if not expects or sound.seconds > LONGEST:
            return None
        return _AGAIN.submit(partial(self._listen, sound, expects, WITHIN))

    def warm(self) -> None:
        """Have ready what each question expects: the first answer of a day should not wait."""
        for expects in {
            expected(Conversation(id="", channel=Channel.PHONE, step=s)) for s in StepName
        }:
            self._listen(Sound(bytes(RATE), RATE), expects)

    def warm_messages(self, speech: Sound) -> None:
        """Have heard a message in both ways once: the first one in a fresh process takes seconds
        of processor time more, and WeChat waits five. Blocking."""
        with suppress(RecogniserFailed):
            self._recogniser.recognise(speech)
        self._recogniser.reread(speech, alternatives=_READINGS, within=_PATIENT)

    def of_message(
        self, sound: Sound, expects: tuple[Expected, ...], heard: Recognition
    ) -> dict[str, Any]:
        """What an `Inbound` carries beside the first hearing: what was expected, or, where nothing
        was, other readings. Blocking."""
        if not heard.text or sound.seconds > LONGEST or is_sure(heard):
            return {}
        if expects:
            return {"prompted": self._listen(sound, expects, _PATIENT)}
        again = self._recogniser.reread(sound, alternatives=_READINGS, within=_PATIENT)
        return {"alternatives": tuple(text for text in again.alternatives if text != heard.text)}

    def _listen(
        self, sound: Sound, expects: tuple[Expected, ...], within: float = _PATIENT
    ) -> Prompted | None:
        """Blocking. None when nothing of it was heard, or too late."""
        phrases = self._phrases.of(expects)
        if not phrases:
            return None
        return found(self._recogniser.reread(sound, phrases, within=within))


def found(rereading: Rereading) -> Prompted | None:
    """In the words of a conversation."""
    heard = rereading.prompted
    if heard is None or not heard.text:
        return None
    return Prompted(
        text=heard.text, confidence=heard.confidence, share=heard.share, least=heard.least
    )
