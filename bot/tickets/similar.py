"""The ticket that stands and is probably about the same matter as a report."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.storage.tables import Ticket
from bot.tickets.house import house
from bot.tickets.states import UNDER_WAY
from flows.report import Report
from flows.understanding.same_matter import Matter, likeliest

_DAYS = 15
"""Older than any matter of `matters.yaml` lasts."""
_MOST = 200


def similar(
    session: Session, report: Report, at: datetime, number: str = "", resident_id: str | None = None
) -> Ticket | None:
    """The likeliest one, if any is likely enough. at: when it was said; number: of the report's own
    ticket or draft; resident_id: whose tickets are left out, for they are no neighbour's."""
    place = report.place
    lexicon = house(session).community.lexicon
    if place is None or not place.id or report.category is None:
        return None
    if report.category.code in lexicon.matters.personal:
        return None  # everybody has their own: nothing to look for
    new = Matter(
        category=report.category.code,
        place_id=place.id,
        floor=place.floor or "",
        words=report.description,
        at=at,
    )
    tickets = {
        ticket.number: ticket
        for ticket in _around(session, place.id, at)
        if ticket.number != number and (not resident_id or ticket.resident_id != resident_id)
    }
    found = likeliest([_matter(t) for t in tickets.values()], new, lexicon)
    return tickets[found.number] if found else None


def _around(session: Session, place_id: str, at: datetime) -> list[Ticket]:
    """What is under way in the same house or at the same landmark."""
    spot = "/".join(place_id.split("/")[:2])
    query = (
        select(Ticket)
        # A range, which both databases find by the index; “0” comes after “/”.
        .where((Ticket.place_id == spot) | Ticket.place_id.between(f"{spot}/", f"{spot}0"))
        .where(Ticket.state.in_(UNDER_WAY), Ticket.created >= at - timedelta(days=_DAYS))
        .order_by(Ticket.created.desc())
        .limit(_MOST)
    )
    return list(session.scalars(query))


def _matter(ticket: Ticket) -> Matter:
    place = (ticket.report or {}).get("place") or {}
    return Matter(
        number=ticket.number,
        category=ticket.category,
        place_id=ticket.place_id or "",
        floor=place.get("floor") or "",
        words=ticket.description,
        at=ticket.created,
    )
