"""What goes into and what comes out of one turn, seen from a channel."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from flows.channel import Channel
from flows.effects import Pace
from flows.expected import Expected
from flows.heard import Fix, HeardKind, News, Prompted, TicketView


class Inbound(BaseModel):
    """One input of a resident, as a channel hands it over."""

    model_config = ConfigDict(frozen=True)

    channel: Channel
    address: str
    """Phone number, openid, desk session; empty when the caller withheld it."""
    key: str
    """Idempotency key: the same input, however often it comes, has the same key."""
    kind: HeardKind
    text: str = ""
    alternatives: tuple[str, ...] = ()
    prompted: Prompted | None = None
    confidence: float = 1.0
    """How likely the words are what was said, 0…1; 1 for typed ones."""
    snr: float | None = None
    """Speech to noise, dB, where it was measured."""
    strange: bool = False
    """Unsure words on a clear line: perhaps dialect."""
    pressed: str = ""
    """The telephone key for `HeardKind.KEY`."""
    recording: str | None = None
    """Id of a row in `recordings`."""
    heard_until: float = 0.0
    """Seconds of that recording this input reaches to; kept on the recording in the same commit."""
    conversation: str = ""
    """Which conversation; empty: the resident's open one (a new one when there is none)."""
    unheard: int = 0
    """See `flows.heard.Heard.unheard`."""
    pauses: tuple[float, ...] = ()
    """Seconds of the silences inside what was said, as a telephone heard them."""
    fix: Fix | None = None
    """For `HeardKind.FIXED`: what a volunteer set right."""
    news: tuple[News, ...] = ()
    """For `HeardKind.CALLED`: what they are told."""
    at: datetime | None = None
    """When it was said, aware; empty: now."""


class TicketLink(TicketView):
    """A ticket with the address of its large-font page."""

    url: str


class Answer(BaseModel):
    """What the resident gets back."""

    model_config = ConfigDict(frozen=True)

    conversation: str
    text: str
    """To read: the whole reply, with links where the channel allows."""
    speech: tuple[str, ...]
    """To hear: clauses in order, each one synthesised (or found in the cache) as a whole."""
    likely: tuple[str, ...] = ()
    """Clauses that probably come next, to be synthesised while the resident listens and thinks."""
    step: str
    expects: tuple[Expected, ...] = ()
    """What the resident will probably say next."""
    slots: dict[str, object]
    """The report so far, as plain JSON."""
    ticket: TicketLink | None
    """The conversation's draft or ticket, if there is one."""
    transfer: bool = False
    """Connect a person now; nobody there: take a turn with `HeardKind.NO_PERSON`."""
    done: bool = False
    """Nothing more to say: hang up after the last clause."""
    pace: Pace = Pace.NORMAL
    usual_pause: float | None = None
    """The longest of the resident's usual pauses at such a step, seconds; None: not known yet."""
    repeated: bool = False
    """This key was answered before; nothing was done again."""
