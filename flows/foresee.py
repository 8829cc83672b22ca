"""What will probably be said next, so that a voice can have it ready before it is its turn."""

from flows.conversation import Conversation, StepName
from flows.heard import Heard
from flows.prompt import Prompt
from flows.steps.status import standing


def foresee(conversation: Conversation, heard: Heard) -> tuple[Prompt, ...]:
    """After a read-back the number, twice; after the greeting how the caller's last ticket stands.

    Only what holds variables is worth it; the fixed sentences are ready anyway.
    """
    if conversation.step is StepName.READBACK:
        values: dict[str, str | int] = {"number": conversation.number}
        return (Prompt(key="filed", values=values), Prompt(key="filed.again", values=values))
    if conversation.step is StepName.OPENING and heard.known.tickets:
        return (standing(heard.known.tickets[0], heard.at),)
    return ()
