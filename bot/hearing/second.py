"""Listening to an answer a second time, knowing what was asked."""

from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from bot.channels.line import RATE
from bot.hearing.phrases import Phrases
from flows.channel import Channel
from flows.community import Community
from flows.conversation import Conversation, StepName
from flows.expected import Expected, expected
from flows.heard import Prompted
from voice.recognition.protocol import Recogniser, Rereading
from voice.sound import Sound

LONGEST = 12.0
"""Seconds: who speaks longer tells a story, whatever was asked."""
WITHIN = 0.6
"""Seconds a caller's answer may take to be heard again; then the first hearing stands alone."""
_AGAIN = ThreadPoolExecutor(2, thread_name_prefix="hear-again")


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
        return _AGAIN.submit(partial(self.listen, sound, expects, WITHIN))

    def warm(self) -> None:
        """Have ready what each question expects: the first answer of a day should not wait."""
        for expects in {
            expected(Conversation(id="", channel=Channel.PHONE, step=s)) for s in StepName
        }:
            self.listen(Sound(bytes(RATE), RATE), expects)

    def listen(
        self, sound: Sound, expects: tuple[Expected, ...], within: float = 20.0
    ) -> Prompted | None:
        """Blocking. None when nothing was expected, nothing of it was heard, or too late."""
        phrases = self._phrases.of(expects)
        if not phrases or sound.seconds > LONGEST:
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
