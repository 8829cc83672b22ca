"""Who works on a ticket: taken, handed on, forwarded to another organisation."""

from sqlalchemy.orm import Session

from bot.storage.tables import Staff, Ticket
from bot.tickets.change_state import change_state
from bot.tickets.events import add_event
from bot.tickets.find import locked
from bot.tickets.house import house


def take(session: Session, which: Ticket | str, staff: Staff) -> Ticket:
    """It is theirs now. Raises `TicketMissing`."""
    ticket = locked(session, which)
    if ticket.assignee != staff.id:
        ticket.assignee = staff.id
        add_event(session, ticket, "taken", staff.name)
    return ticket


def hand_on(
    session: Session, which: Ticket | str, to: Staff, actor: str, reason: str = ""
) -> Ticket:
    """Somebody else's now. Raises `TicketMissing`."""
    ticket = locked(session, which)
    if ticket.assignee != to.id:
        ticket.assignee = to.id
        add_event(session, ticket, "handed", actor, to=to.name, reason=reason)
    return ticket


def forward(
    session: Session, which: Ticket | str, organisation: str, actor: str, reason: str
) -> Ticket:
    """Another organisation's (empty: the community's own), with the reason it is theirs; nobody
    there has taken it yet. Raises `TicketMissing`, ValueError without a reason."""
    if not reason.strip():
        raise ValueError("reason")
    ticket = locked(session, which)
    old = ticket.organisation
    if old == organisation:
        return ticket
    ticket.organisation, ticket.assignee = organisation, None
    profile = house(session).community.profile
    names = {"": profile.name, **{o.id: o.name for o in profile.organisations}}
    way = [names.get(old, old), names.get(organisation, organisation)]
    add_event(session, ticket, "forwarded", actor, organisation=way, reason=reason)
    if ticket.state == "assigned":
        change_state(session, ticket, "open", actor)
    return ticket
