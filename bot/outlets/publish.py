"""Whatever happens to a ticket goes into the queues of its outlets, in the same commit."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.followup.outbox import enqueue
from bot.outlets.profile import Outlet, Tickets
from bot.storage.tables import OutletTicket, Ticket, TicketEvent
from bot.tickets.house import house

_KINDS = {
    "filed": "filed",
    "state": "state",
    "note": "note",
    "amended": "corrected",
    "corrected": "corrected",
    "forwarded": "corrected",
}
"""A history's kinds of event to those of the profile's `events`; others are our own affair."""


def publish(session: Session, ticket: Ticket, event: TicketEvent) -> None:
    """Queue the event for every outlet that wants this ticket, or knows it already."""
    outlets = house(session).outlets
    kind = _KINDS.get(event.kind)
    if not outlets or kind is None or ticket.state == "draft":
        return
    known = {
        row.outlet: row
        for row in session.scalars(select(OutletTicket).where(OutletTicket.ticket_id == ticket.id))
    }
    for outlet in outlets:
        # What an outlet told us is not told back to it.
        if kind not in outlet.events or event.actor == outlet.adapter:
            continue
        row = known.get(outlet.name)
        if row is None:
            if not matches(outlet.tickets, ticket):
                continue
            now = house(session).clock()
            row = OutletTicket(outlet=outlet.name, ticket_id=ticket.id, created=now, updated=now)
            session.add(row)
        if row.state != "failed":
            row.state = "waiting"
        queue(session, outlet, ticket.id, event.id)


def queue(session: Session, outlet: Outlet, ticket_id: str, event_id: int, again: str = "") -> None:
    """again: makes the key a new one, for an event that is sent once more on request."""
    key = f"{prefix(outlet, ticket_id)}{event_id}{again}"
    enqueue(session, key, outlet.adapter, {"ticket": ticket_id, "event": event_id})


def prefix(outlet: Outlet, ticket_id: str) -> str:
    """What the keys of one ticket's messages to one outlet start with."""
    return f"{outlet.adapter}:{ticket_id}:"


def matches(wanted: Tickets, ticket: Ticket) -> bool:
    """Whether a ticket is one of those the profile sends there."""
    organisation = ticket.organisation or "community"
    return (
        (not wanted.categories or ticket.category in wanted.categories)
        and (not wanted.organisations or organisation in wanted.organisations)
        and (not wanted.states or ticket.state in wanted.states)
    )
