"""What a turn wants done; `bot.dialogue` does it, in the turn's one commit."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from flows.report import Report


class _Effect(BaseModel):
    model_config = ConfigDict(frozen=True)


class SaveDraft(_Effect):
    """Keep what was said so far, visible at the desk, whatever happens to the call."""

    kind: Literal["save_draft"] = "save_draft"
    number: str
    report: Report


class FileTicket(_Effect):
    """The report stands: the draft of this conversation becomes an open ticket."""

    kind: Literal["file_ticket"] = "file_ticket"
    number: str
    report: Report


class JoinTicket(_Effect):
    """The report stands as one more voice for a ticket that is there already: filed, then merged
    into it, so that its resident has a number of their own and is told, too."""

    kind: Literal["join_ticket"] = "join_ticket"
    number: str
    into: str
    """Number of the ticket that stands."""
    report: Report


class AmendTicket(_Effect):
    """The resident corrected or added something after filing."""

    kind: Literal["amend_ticket"] = "amend_ticket"
    number: str
    report: Report


class AddNote(_Effect):
    """The resident said something about a ticket that stands (“灯还是不亮”, “快点催催”)."""

    kind: Literal["add_note"] = "add_note"
    number: str
    text: str


class GiveVerdict(_Effect):
    """The resident's verdict on a resolved ticket: yes closes it, no reopens it."""

    kind: Literal["give_verdict"] = "give_verdict"
    number: str
    solved: bool
    text: str = ""


class FindTicket(_Effect):
    """Look a ticket up by its number; answered by `Heard(kind=FOUND)` before anything is said."""

    kind: Literal["find_ticket"] = "find_ticket"
    number: str


class PersonReason(StrEnum):
    ASKED = "asked"
    EMERGENCY = "emergency"
    NOT_UNDERSTOOD = "not_understood"


class CallPerson(_Effect):
    """Hand the call to a human. Nobody there: answered by `Heard(kind=NO_PERSON)`."""

    kind: Literal["call_person"] = "call_person"
    reason: PersonReason
    number: str
    """The ticket or draft that carries the summary for the person who picks up."""
    report: Report


class PromiseCallback(_Effect):
    """Nobody was free: the desk calls back; the ticket or draft stays on top of the desk."""

    kind: Literal["promise_callback"] = "promise_callback"
    reason: PersonReason
    number: str
    report: Report


class PersonTook(_Effect):
    """A person took the call: nobody needs to call back."""

    kind: Literal["person_took"] = "person_took"
    number: str


class TellByCall(_Effect):
    """The resident said whether we may call them; their words and the recording are the proof."""

    kind: Literal["tell_by_call"] = "tell_by_call"
    number: str
    agreed: bool
    text: str
    recording: str | None
    until: float
    """Seconds of the recording at which they had said it."""


class SetRight(_Effect):
    """A volunteer set right what was understood, while the call runs; the draft or the ticket
    takes it over, with who did it."""

    kind: Literal["set_right"] = "set_right"
    number: str
    report: Report
    by: str


class Pace(StrEnum):
    NORMAL = "normal"
    SLOW = "slow"
    LOUD = "loud"
    SLOW_LOUD = "slow_loud"

    @property
    def slow(self) -> bool:
        return self in (Pace.SLOW, Pace.SLOW_LOUD)

    @property
    def loud(self) -> bool:
        return self in (Pace.LOUD, Pace.SLOW_LOUD)

    def with_(self, wish: "Pace") -> "Pace":
        """Slower and louder add up.

        >>> Pace.SLOW.with_(Pace.LOUD), Pace.LOUD.with_(Pace.LOUD)
        (<Pace.SLOW_LOUD: 'slow_loud'>, <Pace.LOUD: 'loud'>)
        """
        return wish if self in (Pace.NORMAL, wish) else Pace.SLOW_LOUD


class RememberPace(_Effect):
    kind: Literal["remember_pace"] = "remember_pace"
    pace: Pace


class EndConversation(_Effect):
    """Nothing more to say: on the phone, hang up after the last words were heard."""

    kind: Literal["end_conversation"] = "end_conversation"


Effect = Annotated[
    SaveDraft
    | FileTicket
    | JoinTicket
    | AmendTicket
    | AddNote
    | GiveVerdict
    | FindTicket
    | CallPerson
    | PromiseCallback
    | PersonTook
    | SetRight
    | TellByCall
    | RememberPace
    | EndConversation,
    Field(discriminator="kind"),
]
