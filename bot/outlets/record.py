"""A ticket and what happened to it, as an outlet of a certain tier gets to see them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.outlets.open311.public import public_place, public_place_id
from bot.storage.tables import Ticket, TicketEvent
from bot.tickets.house import House

RESIDENT = "resident"


def record_of(
    ticket: Ticket, event: TicketEvent, allowed: Collection[str], house: House
) -> dict[str, Any]:
    """Plain JSON. Always: number, kind, stairwell, state, urgency, organisation, times, event.

    Of `place` (the door), `description`, `note`, `phone`, `name` and `link` only what is allowed.
    """
    profile = house.community.profile
    label = house.wording.label
    zone = ZoneInfo(profile.timezone)
    names = {o.id: o.name for o in profile.organisations}
    exact = "place" in allowed
    place = public_place(ticket.place, ticket.place_id, house.community.gazetteer)
    record: dict[str, Any] = {
        "community": profile.name,
        "number": ticket.number,
        "state": ticket.state,
        "state_name": label("state", ticket.state),
        "category": ticket.category,
        "category_name": label("category", ticket.category),
        "urgency": ticket.urgency,
        "urgency_name": label("urgency", ticket.urgency),
        "place": ticket.place if exact else place,
        "place_id": (ticket.place_id or "") if exact else public_place_id(ticket.place_id),
        "organisation": ticket.organisation,
        "organisation_name": names.get(ticket.organisation, profile.name),
        "channel": ticket.channel,
        "created": _local(ticket.created, zone),
        "updated": _local(ticket.updated, zone),
        "event": {
            "id": event.id,
            "kind": event.kind,
            "at": _local(event.at, zone),
            "text": _words(event, allowed),
        },
    }
    for field in ("description", "note", "phone", "name"):
        if field in allowed:
            record[field] = getattr(ticket, field)
    if "link" in allowed:
        record["link"] = house.link(ticket.token)
    return record


def _words(event: TicketEvent, allowed: Collection[str]) -> str:
    """A worker's word under `note`, a resident's under `description`."""
    tier = "description" if event.actor == RESIDENT else "note"
    words = event.data.get("note") or event.data.get("text") or ""
    return str(words) if tier in allowed else ""


def _local(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="seconds")
