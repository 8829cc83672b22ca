"""A turn's prompts into the answer a channel gives."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from bot.dialogue.answer import Answer, TicketLink
from bot.dialogue.known import is_own, ticket_view
from bot.residents.pauses import usual_pause
from bot.storage.tables import Resident, Ticket
from bot.tickets.find import find_by_number
from bot.tickets.house import house
from flows.conversation import Conversation
from flows.effects import CallPerson, Effect, EndConversation
from flows.expected import expected
from flows.foresee import foresee
from flows.heard import Heard
from flows.prompt import Prompt


def ends(effects: Sequence[Effect]) -> bool:
    """Whether nothing more is to be said."""
    return any(isinstance(effect, EndConversation) for effect in effects)


def reply(
    session: Session,
    conversation: Conversation,
    say: Sequence[Prompt],
    effects: Sequence[Effect],
    resident: Resident | None,
    heard: Heard,
) -> Answer:
    about = house(session)
    ticket = find_by_number(session, conversation.number) if conversation.number else None
    profile = about.community.profile
    more: dict[str, str | int] = {
        "url": _link(session, conversation, ticket, resident),
        "community": profile.name,
        "hotline": profile.hotline,
    }
    prompts = [prompt.model_copy(update={"values": {**more, **prompt.values}}) for prompt in say]
    return Answer(
        conversation=conversation.id,
        text=about.wording.text(prompts, conversation.channel),
        speech=about.wording.speech(prompts, heard.at),
        likely=about.wording.speech(foresee(conversation, heard), heard.at),
        step=conversation.step.value,
        expects=expected(conversation),
        slots=conversation.report.model_dump(mode="json"),
        ticket=ticket
        and TicketLink(**ticket_view(session, ticket).model_dump(), url=about.link(ticket.token)),
        transfer=any(isinstance(effect, CallPerson) for effect in effects),
        done=ends(effects),
        pace=conversation.pace,
        usual_pause=resident and usual_pause(resident, conversation.step),
    )


def _link(
    session: Session, conversation: Conversation, ticket: Ticket | None, resident: Resident | None
) -> str:
    """Of the ticket the answer is about, if it is theirs: the link shows all of it."""
    if conversation.about and conversation.about != conversation.number:
        asked = find_by_number(session, conversation.about)
        return house(session).link(asked.token) if asked and is_own(asked, resident) else ""
    return house(session).link(ticket.token) if ticket else ""
