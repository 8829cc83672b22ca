"""`/board`: how many, of what kind, how far. Counts only: nothing of anybody."""

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Depends
from fastapi.requests import Request
from fastapi.responses import HTMLResponse
from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from bot.pages.ratings import ratings
from bot.pages.templates import page
from bot.services import Services
from bot.sources.lines import source_lines
from bot.storage.tables import Ticket, TicketEvent
from bot.tickets.events import RESIDENT

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
    with services.database.read() as session:
        sources = source_lines(session)
        for state, category, count in session.execute(query):
            states[state] = states.get(state, 0) + count
            categories[category] = categories.get(category, 0) + count
        verdicts = _verdicts(session, since, states)
        rated = ratings(session, since)
    return page(
        request,
        "board.html",
        days=DAYS,
        count=sum(states.values()),
        states=[(state, states[state]) for state in _STATES if state in states],
        categories=sorted(categories.items(), key=lambda item: (-item[1], item[0])),
        sources=sources,
        verdicts=verdicts,
        ratings=rated,
    )


def _verdicts(session: Session, since: datetime, states: dict[str, int]) -> dict[str, int]:
    """What workers say, beside what residents say: tickets, not words."""

    def closed(*actor: ColumnElement[bool]) -> int:
        said = exists().where(
            TicketEvent.ticket_id == Ticket.id, TicketEvent.kind == "verdict", *actor
        )
        query = select(func.count()).select_from(Ticket)
        chosen = query.where(Ticket.created >= since, Ticket.state == "closed", said)
        return session.scalar(chosen) or 0

    heard = closed()
    resident = closed(TicketEvent.actor == RESIDENT)
    done = {state: states.get(state, 0) for state in ("resolved", "closed", "reopened")}
    return {
        "worker": sum(done.values()),
        "resident": resident,
        "waiting": done["resolved"],
        "refused": done["reopened"],
        "by_desk": heard - resident,
        "by_time": done["closed"] - heard,
    }
