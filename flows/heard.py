"""What comes into one turn: an input, and what the storage knows of the speaker at that moment."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from flows.report import Place


class HeardKind(StrEnum):
    OPENED = "opened"
    """A call was answered or a chat entered: greet, or ask whether to go on."""
    SPEECH = "speech"
    """Recognised words, possibly wrong; see `confidence` and `alternatives`."""
    TEXT = "text"
    """Typed words, as meant."""
    KEY = "key"
    """One telephone key: 0–9, `*`, `#`."""
    SILENCE = "silence"
    """Nothing was said in the time the step allows."""
    UNCLEAR = "unclear"
    """Sound was there, but no words could be recognised; the recording is kept."""
    PICTURE = "picture"
    LOCATION = "location"
    SCENE = "scene"
    """A QR code on a stairwell or at a gate: `text` is the place id."""
    CALLED = "called"
    """We called, and somebody took the call: `news` is what they are told."""
    FOUND = "found"
    """The answer to a `FindTicket` effect: `tickets` of `known` holds it, or nothing."""
    NO_PERSON = "no_person"
    """The answer to a `CallPerson` effect when nobody could be reached."""
    CONNECTED = "connected"
    """The answer to a `CallPerson` effect when a person took the call."""
    FIXED = "fixed"
    """A volunteer set something right while the call runs: `fix` says what, `text` the value."""
    GO_ON = "go_on"
    """What was asked last has been settled by a volunteer: on, without waiting for an answer."""
    ENDED = "ended"
    """The caller hung up or the call broke."""


class Slot(StrEnum):
    """What a volunteer can set right in a running conversation."""

    WORDS = "words"
    CATEGORY = "category"
    PLACE = "place"
    URGENCY = "urgency"
    PHONE = "phone"


class Fix(BaseModel):
    """Who set what right; the new value is the `text` of what was heard."""

    model_config = ConfigDict(frozen=True)

    slot: Slot
    by: str
    """Name of the account at the desk."""
    was: str = ""
    """For `words`: what had been heard instead."""


class TicketView(BaseModel):
    """What a resident may hear of a ticket."""

    model_config = ConfigDict(frozen=True)

    number: str
    state: str
    """A ticket state of the design: `draft`, `open`, … `closed`."""
    category: str
    place: str = ""
    description: str = ""
    updated: datetime
    note: str = ""
    """What the worker wrote for the resident, if anything."""


class News(BaseModel):
    """One thing a resident is called about."""

    model_config = ConfigDict(frozen=True)

    about: str
    """`resolved`, `asked_again`, `dismissed`: there is a message `notice_…` for each."""
    ticket: TicketView


class Standing(BaseModel):
    """Somebody else's ticket that is probably about the same matter: nothing of them in it."""

    model_config = ConfigDict(frozen=True)

    number: str
    category: str


class Known(BaseModel):
    """What storage knows of the speaker at that moment; kept with the event for replay."""

    model_config = ConfigDict(frozen=True)

    address: Place | None = None
    phone: str | None = None
    """Number we may use to call back: the calling line, or one given before."""
    tickets: tuple[TicketView, ...] = ()
    """The resident's own recent tickets, newest first; after `FindTicket`, the one found."""
    same: Standing | None = None
    """Found by `flows.understanding.same_matter` when a report is about to be filed."""
    person_available: bool = False
    """Somebody can take the call now (an extension is set, within working hours)."""
    extension: bool = False
    """There is a telephone that a person may answer, whatever the hour."""
    closed: bool = False
    """It is outside of working hours."""
    ask_consent: bool = False
    """They were never asked whether we may call them, and we could."""


class Prompted(BaseModel):
    """What the same sound is when it is made of what the step expects, and of other speech."""

    model_config = ConfigDict(frozen=True)

    text: str
    """“，” for each stretch of other speech."""
    confidence: float
    """0…1, of the expected words."""
    share: float
    """Of the speech that is expected words, 0…1."""
    least: float
    """Confidence of the word that is least sure."""


class Heard(BaseModel):
    """One input.

    >>> from datetime import datetime, UTC
    >>> Heard(kind=HeardKind.KEY, key="0", at=datetime(2026, 1, 1, tzinfo=UTC)).kind.value
    'key'
    """

    model_config = ConfigDict(frozen=True)

    kind: HeardKind
    text: str = ""
    alternatives: tuple[str, ...] = ()
    """Other readings of the same sound, best first, without `text`."""
    prompted: Prompted | None = None
    """Heard a second time, knowing what was asked."""
    confidence: float = 1.0
    """0…1: how likely the words can be understood as they were meant; 1 for typed text."""
    snr: float | None = None
    """Speech to noise, dB; None where it was not measured."""
    strange: bool = False
    """The words are unsure though the line is clear: perhaps dialect."""
    key: str = ""
    unheard: int = 0
    """Clauses of what was being said that the resident had not heard when they began to answer;
    0: they heard all of it."""
    at: datetime
    """When, aware, in the community's time zone."""
    recording: str | None = None
    """Id of the stored recording or picture, if there is one."""
    number: str = ""
    """A free ticket number, to be used if this turn opens a ticket."""
    until: float = 0.0
    """Seconds of `recording` this reaches to."""
    fix: Fix | None = None
    """For `FIXED`."""
    news: tuple[News, ...] = ()
    """For `CALLED`."""
    known: Known = Known()
