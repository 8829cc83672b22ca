"""What a recogniser must do: `vosk.py` does, and `sherpa.py` with a folder of the operator's."""

from dataclasses import dataclass
from typing import Protocol

from voice.sound import Sound


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    start: float
    """Seconds from the start of the utterance."""
    end: float
    confidence: float
    """0…1."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """What was heard in one utterance."""

    text: str
    """Without spaces; empty when there were no words."""
    confidence: float
    """Mean word confidence, 0…1; 0 when `text` is empty."""
    words: tuple[Word, ...] = ()
    alternatives: tuple[str, ...] = ()
    """Other readings, best first, without `text`; empty where nobody asked for them."""
    seconds: float = 0.0
    """Length of the audio."""
    snr: float | None = None
    """Speech to noise, dB; None where it was not measured."""
    trust: float = 1.0
    """0…1: how likely what was said can be understood from `text`. 1 where nobody has judged."""
    strange: bool = False
    """The words are unsure though the line is clear: said several times in a row, it is dialect."""


@dataclass(frozen=True, slots=True)
class Prompted:
    """What a turn is when it is made of expected phrases and of whatever is none of them."""

    text: str
    """Without spaces; “，” for each stretch that is none of the phrases; may be empty."""
    confidence: float
    """Mean of the words' confidence, weighted by their length, 0…1."""
    share: float
    """Of the speech, in seconds, that the phrases explain, 0…1."""
    least: float = 0.0
    """Confidence of the word that is least sure."""


@dataclass(frozen=True, slots=True)
class Rereading:
    """What was found by listening to a whole turn a second time."""

    prompted: Prompted | None = None
    """None when no phrases were given, or it was not done in time."""
    alternatives: tuple[str, ...] = ()
    """Readings with the open vocabulary, best first."""


class Stream(Protocol):
    """One utterance being heard. Not thread-safe; `accept` belongs in a worker thread."""

    def accept(self, pcm: bytes) -> str:
        """Feed 16-bit mono PCM at the recogniser's rate; returns the partial text so far."""
        ...

    def finish(self) -> Recognition:
        """End of the utterance. The stream may not be used afterwards."""
        ...

    def close(self) -> None:
        """Give the stream back without a result; harmless after `finish`."""
        ...


class Recogniser(Protocol):
    rate: int
    """Hz of the PCM a stream takes."""

    def stream(self) -> Stream:
        """Raises `RecogniserBusy` when every pooled stream is in use."""
        ...

    def recognise(self, sound: Sound) -> Recognition:
        """A whole recording at once, any rate and length."""
        ...

    def reread(
        self,
        sound: Sound,
        phrases: tuple[str, ...] = (),
        alternatives: int = 0,
        within: float = 1.0,
    ) -> Rereading:
        """Listen to a short turn once more, knowing what was probably said. Blocking: for worker
        threads.

        phrases: what is expected, as written; in any order and number, with other speech between.
        alternatives: how many readings with the open vocabulary are wanted.
        within: seconds from now; what is not done by then is left out.

        Never raises on any sound: what cannot be had is empty.
        """
        ...


class RecogniserBusy(RuntimeError):
    """All streams are taken. Keep the audio and recognise it later."""


class RecogniserFailed(RuntimeError):
    """This sound could not be recognised, however often it was tried. Keep it for a person."""


class RecogniserMissing(RuntimeError):
    """The speech model is not there or is broken; the message says, in Chinese, what to do."""
