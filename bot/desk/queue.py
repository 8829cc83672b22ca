"""The desk's list: call back first, then what is late, what was cut off, then the oldest."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, func, literal_column, select, true
from sqlalchemy.orm import Session, defer

from bot.pages.words import say
from bot.storage.tables import UNDONE, Recording, Ticket

LIMIT = 200
"""Tickets on one page; beyond it the page says so."""
_WAITING = ("open", "assigned", "in_progress", "reopened")
_UNDONE = ("draft", *_WAITING)
_STATES = (*_UNDONE, "resolved", "closed", "dismissed", "merged")
FILTERS = ("waiting", "mine", "callback", "late", *_STATES, "all")
_LATE = ("overdue", "escalated", "untold")

# Written out, not as parameters: only then do the databases see that their partial indexes serve.
_CALLED = Ticket.callback != literal_column("''")
_ALERTED = Ticket.alert != literal_column("''")
_IN_HAND: ColumnElement[bool] = literal_column(f"tickets.{UNDONE}")
_DANGER = _IN_HAND & (Ticket.urgency == literal_column("'emergency'"))
_DRAFT = Ticket.state == "draft"
_UNDER_WAY = _IN_HAND & (Ticket.state != "draft")

_Group = tuple[int, list[ColumnElement[bool]]]
_PRESSING: list[_Group] = [
    # Somebody waits for a call, or is in danger and nobody has finished yet.
    (0, [_CALLED, _DANGER]),
    (1, [_ALERTED & Ticket.alert.in_(_LATE)]),
]

_NOT_LISTED = (Ticket.report, Ticket.phone, Ticket.name, Ticket.note)
"""Encrypted, and not on the list."""


@dataclass(frozen=True)
class Entry:
    ticket: Ticket
    group: str
    """`urgent`, `late`, `draft`, `open` or `rest`."""
    age: str
    has_recording: bool


def queue(
    session: Session,
    show: str = "waiting",
    now: datetime | None = None,
    *,
    organisation: str = "",
    mine: str = "",
) -> list[Entry]:
    """At most `LIMIT` + 1 entries, most pressing first. An unknown filter means `waiting`.

    organisation: its tickets only; empty: all. mine: whose tickets `show="mine"` means.
    Of a ticket only what the list shows is there.
    """
    # First which, then their rows: sorting thousands of whole rows would take longer than the rest.
    ranks = {id: rank for id, _, rank in _ranked(session, show, organisation, mine)}
    rows = select(Ticket).where(Ticket.id.in_(ranks)).options(*map(defer, _NOT_LISTED))
    tickets = {ticket.id: ticket for ticket in session.scalars(rows)}
    heard = _with_recordings(session, list(tickets.values()))
    now = now or datetime.now(UTC)
    groups = ("urgent", "late", "draft", "open", "rest")
    return [
        Entry(ticket, groups[rank], age(ticket.created, now), ticket.conversation_id in heard)
        for ticket, rank in ((tickets[id], rank) for id, rank in ranks.items())
    ]


def _ranked(
    session: Session, show: str, organisation: str = "", mine: str = ""
) -> list[tuple[str, str, int]]:
    """Id, number and group of at most `LIMIT` + 1 tickets, most pressing first."""
    wanted, groups = _chosen(show, mine)
    if organisation:
        wanted.append(Ticket.organisation == organisation)
    # What is finished is looked up by its newest; what waits, by who has waited longest.
    finished = show in ("resolved", "closed", "dismissed", "merged")
    order = Ticket.updated.desc() if finished else Ticket.created
    found: dict[str, tuple[str, int]] = {}
    # One group after the other, each in the order of an index: sorted by group, all that wait
    # would have to be read, only to show the first.
    for rank, conditions in groups:
        if len(found) > LIMIT:
            break
        several: dict[str, tuple[str, datetime]] = {}
        for condition in conditions:
            query = select(Ticket.id, Ticket.number, Ticket.created, Ticket.updated)
            rows = session.execute(query.where(condition, *wanted).order_by(order).limit(LIMIT + 1))
            for id, number, created, updated in rows:
                several[id] = (number, updated if finished else created)
        ranked = sorted(several.items(), key=lambda item: item[1][1], reverse=finished)
        for id, (number, _) in ranked:
            found.setdefault(id, (number, rank))
    return [(id, *one) for id, one in list(found.items())[: LIMIT + 1]]


def _chosen(show: str, mine: str) -> tuple[list[ColumnElement[bool]], list[_Group]]:
    """What a filter asks for, and which of the groups there can be any of."""
    if show == "mine":
        return [Ticket.assignee == mine, Ticket.state.in_(_WAITING)], [*_PRESSING, (3, [true()])]
    if show in ("callback", "late"):
        few = _CALLED if show == "callback" else _ALERTED
        return [few], [*_PRESSING, (2, [_DRAFT]), (3, [Ticket.state.in_(_WAITING)]), (4, [true()])]
    if show in _STATES:
        rank = 2 if show == "draft" else 3 if show in _WAITING else 4
        pressing = _PRESSING if show in _UNDONE else [(0, [_CALLED]), _PRESSING[1]]
        return [Ticket.state == show], [*pressing, (rank, [true()])]
    rest: list[_Group] = [(4, [true()])] if show == "all" else []
    return [], [*_PRESSING, (2, [_DRAFT]), (3, [_UNDER_WAY]), *rest]


def counts(session: Session, organisation: str = "") -> dict[str, int]:
    """How many tickets each filter that means work would show; of one organisation, or of all."""
    theirs = Ticket.organisation == organisation if organisation else true()
    query = select(Ticket.state, func.count()).where(Ticket.state.in_(_UNDONE), theirs)
    by_state = {row[0]: row[1] for row in session.execute(query.group_by(Ticket.state))}
    calls = select(func.count()).select_from(Ticket).where(_CALLED, theirs)
    late = select(func.count()).select_from(Ticket).where(_ALERTED, theirs)
    return {
        **by_state,
        "callback": session.scalar(calls) or 0,
        "late": session.scalar(late) or 0,
    }


def after(session: Session, number: str, organisation: str = "") -> str:
    """The waiting ticket to take next after `number`; the first one at the end, empty for none."""
    numbers = [other for _, other, _ in _ranked(session, "waiting", organisation)]
    others = [other for other in numbers if other != number]
    if number in numbers and numbers.index(number) < len(others):
        return others[numbers.index(number)]
    return others[0] if others else ""


def age(created: datetime, now: datetime) -> str:
    """How long ago, in the largest whole unit."""
    minutes = int((now - created).total_seconds() // 60)
    if minutes < 1:
        return say("desk.age.now")
    if minutes < 60:
        return say("desk.age.minutes", count=minutes)
    if minutes < 48 * 60:
        return say("desk.age.hours", count=minutes // 60)
    return say("desk.age.days", count=minutes // 60 // 24)


def _with_recordings(session: Session, tickets: list[Ticket]) -> set[str | None]:
    ids = {ticket.conversation_id for ticket in tickets if ticket.conversation_id}
    query = select(Recording.conversation_id).where(Recording.conversation_id.in_(ids)).distinct()
    return set(session.scalars(query))
