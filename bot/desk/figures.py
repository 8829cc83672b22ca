"""`/desk/figures`: how many residents said that it is solved, by who did it and what it was."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fastapi import APIRouter, Depends
from fastapi.requests import Request
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.desk.page import desk_page
from bot.desk.signed import Member, account
from bot.services import Services
from bot.sources.lines import source_lines
from bot.storage.tables import Ticket, TicketEvent
from bot.tickets.house import house

router = APIRouter()

DAYS = 90


@dataclass
class Tally:
    """Of the tickets whose residents answered “修好了吗？”, in the end."""

    answered: int = 0
    satisfied: int = 0
    """… whose last word was yes."""
    refused: int = 0
    """… who said no at least once, whatever they said later."""
    categories: dict[str, "Tally"] = field(default_factory=dict)

    @property
    def percent(self) -> int:
        return round(100 * self.satisfied / self.answered) if self.answered else 0

    def add(self, said: list[bool]) -> None:
        self.answered += 1
        self.satisfied += said[-1]
        self.refused += not all(said)


@router.get("/figures")
def figures(
    request: Request,
    member: Member = Depends(account),
    services: Services = Depends(Services.of),
) -> Response:
    """An organisation sees its own; the community's people all, and the machines beside them."""
    with services.database.read() as session:
        since = house(session).clock() - timedelta(days=DAYS)
        return desk_page(
            request, "figures.html", member,
            here="figures", days=DAYS, verdicts=verdicts(session, since, member.organisation),
            names={one.id: one.name for one in services.community.profile.organisations},
            sources=[] if member.organisation else source_lines(session),
        )  # fmt: skip


def verdicts(session: Session, since: datetime, organisation: str = "") -> dict[str, Tally]:
    """By organisation (empty: the community itself), the one with most answers first; in each by
    category. A verdict counts for whoever has the ticket now; one that a neighbour gave, for the
    ticket that stands for theirs."""
    query = (
        select(TicketEvent, Ticket.organisation, Ticket.category)
        .join(Ticket, Ticket.id == TicketEvent.ticket_id)
        .where(TicketEvent.kind == "verdict", TicketEvent.at >= since, Ticket.state != "merged")
        .order_by(TicketEvent.id)
    )
    if organisation:
        query = query.where(Ticket.organisation == organisation)
    said: dict[str, tuple[str, str, list[bool]]] = {}
    for event, whose, category in session.execute(query):
        one = said.setdefault(event.ticket_id, (whose, category, []))
        one[2].append(bool(event.data.get("solved")))
    found: dict[str, Tally] = {}
    for whose, category, answers in said.values():
        tally = found.setdefault(whose, Tally())
        tally.add(answers)
        tally.categories.setdefault(category, Tally()).add(answers)
    for tally in found.values():
        tally.categories = dict(_most(tally.categories.items()))
    return dict(_most(found.items()))


def _most(tallies: Iterable[tuple[str, Tally]]) -> list[tuple[str, Tally]]:
    return sorted(tallies, key=lambda item: (-item[1].answered, item[0]))
