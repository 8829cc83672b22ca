"""The conversation: a small frozen value, and `step()`, which takes it one turn further."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from flows.channel import Channel
from flows.effects import Effect, Pace
from flows.heard import Slot
from flows.prompt import Prompt
from flows.report import Report


class StepName(StrEnum):
    """Where a conversation stands: what was just asked. One file in `flows/steps/` each."""

    OPENING = "opening"
    RESUME = "resume"
    PROBLEM = "problem"
    PLACE = "place"
    URGENCY = "urgency"
    CONTACT = "contact"
    READBACK = "readback"
    SAME = "same"
    FILED = "filed"
    STATUS = "status"
    VERDICT = "verdict"
    EMERGENCY = "emergency"
    CONSENT = "consent"
    PERSON = "person"
    ENDED = "ended"


class Conversation(BaseModel):
    """Everything a turn needs to know of the turns before it."""

    model_config = ConfigDict(frozen=True)

    id: str
    channel: Channel
    step: StepName = StepName.OPENING
    report: Report = Report()
    number: str = ""
    """Ticket number of this conversation's draft or ticket; empty while nothing was reported."""
    filed: bool = False
    failures: int = 0
    """Turns in a row at this step that brought nothing."""
    pace: Pace = Pace.NORMAL
    said: tuple[Prompt, ...] = ()
    """What was said last, for “再说一遍”."""
    about: str = ""
    """Number of the ticket a status or verdict question is about."""
    choices: tuple[str, ...] = ()
    """What was offered, in the order of the keys 1, 2, 3: category codes, slots, or `home`."""
    digits: str = ""
    """Keys pressed so far of a number that is being entered."""
    silences: int = 0
    """Silences in a row."""
    settled: frozenset[str] = frozenset()
    """Slots not to be asked for again: answered, or asked for often enough."""
    doubt: str = ""
    """Kind of danger that one question must still rule out; empty when there is none."""
    asked: bool = False
    """In this conversation “修好了吗？” was asked; not once more at its end."""
    pending: str = ""
    """A second problem said in the same breath, to be taken up when the first is filed."""
    told: frozenset[str] = frozenset()
    """Why they could not be heard, as far as they were told: `noise`, `dialect`; once each."""
    strange: int = 0
    """Turns in a row whose words were unsure though the line was clear."""
    callback: bool = False
    """A call-back was promised, and the number for it is still being asked."""
    calling: bool = False
    """A person is being called; whoever hangs up meanwhile still wanted one."""
    called: bool = False
    """We called them, with their consent."""
    consent: bool = False
    """In this conversation they were asked whether we may call."""
    fixed: frozenset[Slot] = frozenset()
    """What a volunteer set right since something was said last."""

    @property
    def started(self) -> bool:
        """Something about a matter was said that is not filed yet."""
        matter = self.report.model_copy(update={"phone": None, "name": None})
        return not self.filed and matter != Report()


class Turn(BaseModel):
    """What one step gives back."""

    model_config = ConfigDict(frozen=True)

    conversation: Conversation
    say: tuple[Prompt, ...]
    """Never empty, but after `ENDED`, `CONNECTED` and `FIXED`."""
    effects: tuple[Effect, ...] = ()
