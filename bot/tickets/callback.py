"""Calling back: promised when nobody was free, done when somebody called."""

from sqlalchemy.orm import Session

from bot.storage.tables import Ticket
from bot.tickets.draft import Origin, save_draft
from bot.tickets.events import RESIDENT, SYSTEM, add_event
from bot.tickets.find import find_by_number, locked
from bot.tickets.told import told
from flows.report import Report

CALLING = "calling"
"""A person is being called this very moment."""


def call_person(session: Session, number: str, report: Report, origin: Origin) -> Ticket:
    """Put the ticket, or a new draft, on top of the desk while the telephone of whoever is on duty
    rings: they see who it is and what was said before they pick up."""
    ticket = _theirs(session, number, report, origin)
    if ticket.callback != CALLING:
        ticket.callback = CALLING
        add_event(session, ticket, "calling", SYSTEM)
    return ticket


def person_took(session: Session, which: Ticket | str) -> Ticket:
    """A person has the caller on the line: nobody needs to call back. Raises `TicketMissing`."""
    ticket = locked(session, which)
    if ticket.callback == CALLING:
        ticket.callback = ""
        add_event(session, ticket, "connected", SYSTEM)
    return ticket


def _theirs(session: Session, number: str, report: Report, origin: Origin) -> Ticket:
    """A ticket the conversation is only about keeps its own report."""
    ticket = find_by_number(session, number)
    if ticket is None or ticket.conversation_id == origin.conversation_id:
        return save_draft(session, number, report, origin)
    return locked(session, ticket)


def promise_callback(
    session: Session, number: str, reason: str, report: Report, origin: Origin
) -> Ticket:
    """Mark the ticket, or a new draft, so that it stays on top of the desk until somebody called.

    reason: `asked`, `emergency` or `not_understood`.
    """
    ticket = _theirs(session, number, report, origin)
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
