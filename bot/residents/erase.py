"""Forgetting a person. What the community needs of their tickets stays, without the person:
number, kind, place down to the stairwell, how it went. Nothing that was said, no way to them.
"""

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from bot.residents.person import Person
from bot.storage.box import Box
from bot.storage.recordings import ERASED
from bot.storage.tables import (
    ConversationRow,
    FollowUp,
    Incoming,
    Notice,
    Outgoing,
    OutgoingCall,
    OutletTicket,
    Recording,
    Resident,
    Ticket,
    TicketEvent,
    TurnRow,
    WechatBudget,
)
from bot.tickets.events import SYSTEM
from bot.tickets.states import UNDER_WAY
from flows.gazetteer import Gazetteer
from flows.report import Category, Report, Urgency

_KEPT = frozenset(
    {"state", "category", "urgency", "solved", "reached", "about", "way", "done", "into", "outlet"}
)
"""Fields of a ticket's history that are codes, not words."""


@dataclass(frozen=True)
class Erased:
    """How much, and what is left to do."""

    conversations: int
    recordings: int
    drafts: int
    """Reports nobody confirmed: gone as a whole."""
    tickets: int
    """Kept without the person."""
    under_way: tuple[str, ...]
    """Numbers of those whose work is not done: it must now do without words and contact."""
    named: int
    """Tickets of others their number was taken out of."""
    outlets: tuple[str, ...]
    """Outside systems that were told of their tickets and have to forget them, too."""


def erase(
    session: Session, box: Box, person: Person, gazetteer: Gazetteer, now: datetime
) -> Erased:
    """In one transaction. The recordings' files go after it, by `Recordings.sweep`."""
    drafts = [ticket.id for ticket in person.tickets if ticket.state == "draft"]
    kept = [ticket for ticket in person.tickets if ticket.state != "draft"]
    ids = [resident.id for resident in person.residents]
    tickets = [ticket.id for ticket in person.tickets]
    told = select(OutletTicket.outlet).where(OutletTicket.ticket_id.in_(tickets)).distinct()
    outlets = tuple(sorted(session.scalars(told)))
    _queues(session, box, person, {*ids, *tickets})
    for ticket in kept:
        _without_the_person(session, ticket, gazetteer, now)
    for ticket in person.named:
        ticket.phone = ticket.name = ""
        report = Report.model_validate(ticket.report)
        ticket.report = report.model_copy(update={"phone": None, "name": None}).model_dump(
            mode="json"
        )
        _history(session, [ticket.id], {"phone", "name"})
    session.flush()
    for model in (TicketEvent, FollowUp, OutletTicket):
        session.execute(delete(model).where(model.ticket_id.in_(drafts)))
    session.execute(delete(Ticket).where(Ticket.id.in_(drafts)))
    recordings = [recording.id for recording in person.recordings]
    session.execute(
        update(Recording)
        .where(Recording.id.in_(recordings))
        .values(state=ERASED, conversation_id=None, call_id="")
    )
    conversations = [row.id for row in person.conversations]
    session.execute(delete(TurnRow).where(TurnRow.conversation_id.in_(conversations)))
    session.execute(delete(ConversationRow).where(ConversationRow.id.in_(conversations)))
    session.execute(delete(Resident).where(Resident.id.in_(ids)))
    return Erased(
        conversations=len(conversations),
        recordings=len(recordings),
        drafts=len(drafts),
        tickets=len(kept),
        under_way=tuple(ticket.number for ticket in kept if ticket.state in UNDER_WAY),
        named=len(person.named),
        outlets=outlets,
    )


def _without_the_person(
    session: Session, ticket: Ticket, gazetteer: Gazetteer, now: datetime
) -> None:
    """The stairwell is what the public board shows, too: `hm/3/2` of `hm/3/2/501`."""
    outer = "/".join((ticket.place_id or "").split("/")[:3])
    place = gazetteer.place(outer) if outer else None
    category = Category(code=ticket.category, confidence=1.0)
    report = Report(category=category, place=place, urgency=Urgency(ticket.urgency))
    ticket.report = report.model_dump(mode="json")
    ticket.place, ticket.place_id = (place.text, place.id) if place else ("", None)
    ticket.description = ticket.phone = ticket.name = ticket.note = ticket.callback = ""
    ticket.resident_id = ticket.conversation_id = None
    ticket.token = secrets.token_urlsafe(32)  # the old link leads nowhere
    session.execute(
        update(OutletTicket).where(OutletTicket.ticket_id == ticket.id).values(foreign_note="")
    )
    _history(session, [ticket.id])
    # Nobody outside is told of it: it is for the desk, that wonders where the words are.
    values = {"ticket_id": ticket.id, "at": now, "actor": SYSTEM, "kind": "erased", "data": {}}
    session.execute(insert(TicketEvent).values(**values))


def _history(session: Session, tickets: Iterable[str], only: Collection[str] = ()) -> None:
    """Take the words out of what happened; only: no more than these fields."""
    query = select(TicketEvent).where(TicketEvent.ticket_id.in_(tickets))
    for event in session.scalars(query):
        event.data = {
            field: value
            for field, value in event.data.items()
            if (field not in only if only else field in _KEPT)
        }


def _queues(session: Session, box: Box, person: Person, who: Collection[str]) -> None:
    """What was to be sent to them, and what they sent. Payloads are encrypted: all are read; after
    30 days there are none."""
    addresses = {resident.address for resident in person.residents}
    session.execute(delete(OutgoingCall).where(OutgoingCall.who.in_(who)))
    tickets = [ticket.id for ticket in person.tickets]
    session.execute(delete(Notice).where(Notice.who.in_(who) | Notice.ticket_id.in_(tickets)))
    budgets = [box.digest(address) for address in addresses]
    session.execute(delete(WechatBudget).where(WechatBudget.openid.in_(budgets)))
    sending = [
        id
        for id, payload in session.execute(select(Outgoing.id, Outgoing.payload))
        if payload.get("openid") in addresses or payload.get("who") in who
    ]
    session.execute(delete(Outgoing).where(Outgoing.id.in_(sending)))
    # The keys stay, so that a message that comes once more is not taken for a new one.
    for row in session.scalars(select(Incoming).where(Incoming.kind == "wechat")):
        sender: dict[str, Any] = row.payload.get("message") or {}
        if row.key in person.keys or sender.get("openid") in addresses:
            row.payload, row.state = {"answer": ""}, "done"
