"""Sending once more what an outlet refused, after somebody mended the reason."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.outlets.publish import queue
from bot.storage.tables import OutletTicket, Ticket
from bot.tickets.house import house


def send_again(session: Session, ticket: Ticket, outlet: str) -> bool:
    """False when nothing was refused, or the profile has no such outlet any more."""
    row = session.scalars(
        select(OutletTicket)
        .where(OutletTicket.outlet == outlet, OutletTicket.ticket_id == ticket.id)
        .with_for_update()
    ).first()
    chosen = next((o for o in house(session).outlets if o.name == outlet), None)
    if row is None or chosen is None or row.state != "failed":
        return False
    now = house(session).clock()
    event = row.told
    row.state, row.error, row.told, row.updated = "waiting", "", event - 1, now
    queue(session, chosen, ticket.id, event, again=f":{int(now.timestamp())}")
    return True
