"""`/board`: how many, of what kind, how far. Counts only: nothing of anybody."""

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Depends
from fastapi.requests import Request
from fastapi.responses import HTMLResponse
from sqlalchemy import exists, func, select

from bot.pages.templates import page
from bot.services import Services
from bot.sources.lines import source_lines
from bot.storage.tables import Ticket, TicketEvent

router = APIRouter()

DAYS = 30
_STATES = (
    "open", "assigned", "in_progress", "reopened", "resolved", "closed", "merged", "dismissed",
)  # fmt: skip
"""In the order of a ticket's life. Drafts are not reports yet."""


@router.get("/board")
def board(request: Request, services: Services = Depends(Services.of)) -> HTMLResponse:
    """Tickets of the last 30 days by state and by category, most frequent first."""
    since = datetime.now(UTC) - timedelta(days=DAYS)
    query = (
        select(Ticket.state, Ticket.category, func.count())
        .where(Ticket.created >= since, Ticket.state != "draft")
        .group_by(Ticket.state, Ticket.category)
    )
    states: dict[str, int] = {}
    categories: dict[str, int] = {}
    confirmed = (
        select(func.count())
        .select_from(Ticket)
        .where(Ticket.created >= since, Ticket.state == "closed")
        .where(
            exists().where(
                TicketEvent.ticket_id == Ticket.id,
                TicketEvent.kind == "verdict",
                TicketEvent.actor == "resident",
            )
        )
    )
    with services.database.read() as session:
        by_resident = session.scalar(confirmed) or 0
        sources = source_lines(session)
        for state, category, count in session.execute(query):
            states[state] = states.get(state, 0) + count
            categories[category] = categories.get(category, 0) + count
    return page(
        request,
        "board.html",
        days=DAYS,
        count=sum(states.values()),
        states=[(state, states[state]) for state in _STATES if state in states],
        categories=sorted(categories.items(), key=lambda item: (-item[1], item[0])),
        sources=sources,
        by_worker=states.get("resolved", 0),
        by_resident=by_resident,
        by_time=states.get("closed", 0) - by_resident,
    )
