"""What a step expects to hear next: whoever listens can listen for it."""

from enum import StrEnum

from flows.conversation import Conversation, StepName


class Expected(StrEnum):
    ANSWER = "answer"
    """Yes, no, or one of the words that are an answer at this step."""
    PLACE = "place"
    """A building, unit and room, or a name of the community's."""
    DIGITS = "digits"
    """A telephone or ticket number."""


_ANSWERED = (
    StepName.RESUME,
    StepName.URGENCY,
    StepName.READBACK,
    StepName.SAME,
    StepName.FILED,
    StepName.VERDICT,
    StepName.EMERGENCY,
)


def expected(conversation: Conversation) -> tuple[Expected, ...]:
    """Nothing where an open question was asked: a story may be anything.

    >>> from flows.channel import Channel
    >>> asked = Conversation(id="1", channel=Channel.PHONE, step=StepName.READBACK)
    >>> [one.value for one in expected(asked)]
    ['answer', 'place']
    >>> expected(asked.model_copy(update={"step": StepName.PROBLEM}))
    ()
    """
    step, report = conversation.step, conversation.report
    if step is StepName.PLACE:
        # “是您家那里吗？” has both answers: “对”, and “不是，三幢”.
        asked_back = conversation.choices or report.place
        return (Expected.ANSWER, Expected.PLACE) if asked_back else (Expected.PLACE,)
    if step is StepName.READBACK:
        return Expected.ANSWER, Expected.PLACE
    if step is StepName.CONTACT:
        return Expected.ANSWER, Expected.DIGITS
    if step is StepName.STATUS:
        return (Expected.DIGITS,)
    if step is StepName.EMERGENCY:
        return Expected.ANSWER, Expected.PLACE
    return (Expected.ANSWER,) if step in _ANSWERED else ()
