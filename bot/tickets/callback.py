"""Calling back: promised when nobody was free, done when somebody called."""

from sqlalchemy.orm import Session

from bot.storage.tables import Ticket
from bot.tickets.draft import Origin, save_draft
from bot.tickets.events import RESIDENT, SYSTEM, add_event
from bot.tickets.find import find_by_number, locked
from bot.tickets.told import told
from flows.report import Report


def promise_callback(
    session: Session, number: str, reason: str, report: Report, origin: Origin
) -> Ticket:
    """Mark the ticket, or a new draft, so that it stays on top of the desk until somebody called.

    reason: `asked`, `emergency` or `not_understood`.
    """
    ticket = find_by_number(session, number)
    # A ticket the conversation is only about keeps its own report.
    if ticket is None or ticket.conversation_id == origin.conversation_id:
        ticket = save_draft(session, number, report, origin)
    else:
        ticket = locked(session, ticket)
    if ticket.callback != reason and ticket.callback != "emergency":
        ticket.callback = reason
        add_event(session, ticket, "callback", RESIDENT, reason=reason)
    return ticket


def tell_in_person(session: Session, which: Ticket | str, about: str) -> Ticket:
    """No message reached the resident: somebody at the desk calls them, or knocks at the door."""
    ticket = locked(session, which)
    if not ticket.callback:
        ticket.callback = "tell"
        add_event(session, ticket, "callback", SYSTEM, reason="tell", about=about)
    return ticket


def callback_done(session: Session, which: Ticket | str, actor: str, note: str = "") -> Ticket:
    """Somebody called back. Harmless when nobody had to. Raises `TicketMissing`."""
    ticket = locked(session, which)
    if ticket.callback:
        told_them, ticket.callback = ticket.callback == "tell", ""
        add_event(session, ticket, "callback", actor, done=True, note=note)
        if told_them:
            told(session, ticket, actor, about=ticket.state, way="desk", reached=True, reason="")
    return ticket
