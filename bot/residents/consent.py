"""Whether a resident may be called: asked once, kept with its proof, and taken back by one word."""

from sqlalchemy.orm import Session

from bot.storage.tables import Resident
from bot.tickets.draft import Origin
from bot.tickets.events import RESIDENT, add_event
from bot.tickets.find import find_by_number
from flows.channel import Channel
from flows.effects import TellByCall


def never_asked(resident: Resident | None) -> bool:
    """Whether there is a number to call, and nobody has asked about it yet."""
    if resident is None or resident.channel != Channel.PHONE:
        return False
    return not resident.told_by and resident.address.isdigit() and len(resident.address) >= 7


def agree(session: Session, said: TellByCall, origin: Origin, resident: Resident | None) -> None:
    """Set it for whose ticket it is about, and for who said it. The ticket's history keeps who,
    when, in which words, and where in which recording."""
    choice = "call" if said.agreed else "no_call"
    ticket = find_by_number(session, said.number) if said.number else None
    owner = session.get(Resident, ticket.resident_id) if ticket and ticket.resident_id else None
    for one in (owner, resident):
        # Who wants to hear nothing at all is not brought to more by a yes.
        if one is not None and not (said.agreed and one.told_by == "none"):
            one.told_by = choice
    if ticket is not None:
        add_event(
            session, ticket, "told_by", RESIDENT,
            told_by=choice, text=said.text, recording=said.recording, until=said.until,
            conversation=origin.conversation_id,
        )  # fmt: skip
