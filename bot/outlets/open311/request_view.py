"""A ticket as an Open311 service request."""

from datetime import UTC, datetime

from bot.outlets.open311.caller import Caller
from bot.outlets.open311.public import public_place, public_place_id
from bot.outlets.open311.render import Data
from bot.outlets.open311.status import status
from bot.pages.words import say
from bot.services import Services
from bot.storage.tables import Ticket


def request_view(ticket: Ticket, services: Services, caller: Caller) -> dict[str, Data]:
    """What this caller may see of it; see `requests.py` for the rule."""
    label = services.wording.label
    category = label("category", ticket.category)
    place = public_place(ticket.place, ticket.place_id, services.community.gazetteer)
    place_id = public_place_id(ticket.place_id)
    description = say("open311.description_public", category=category, place=place).strip("，")
    notes = label("state", ticket.state)
    if caller.name:
        place, place_id = ticket.place, ticket.place_id or ""
        description = ticket.description
        notes = f"{notes}：{ticket.note}" if ticket.note else notes
    return {
        "service_request_id": ticket.number,
        "status": status(ticket.state),
        "status_notes": notes,
        "service_name": category,
        "service_code": ticket.category,
        "description": description[:4000],
        "agency_responsible": _agency(ticket.organisation, services),
        "service_notice": "",
        "requested_datetime": w3(ticket.created),
        "updated_datetime": w3(ticket.updated),
        "expected_datetime": "",
        "address": place,
        "address_id": place_id,
        "zipcode": "",
        "lat": None,
        "long": None,
        "media_url": "",
        "extended_attributes": {
            "state": ticket.state,
            "urgency": ticket.urgency,
            "channel": ticket.channel,
        },
    }


def w3(at: datetime) -> str:
    """ISO 8601 in UTC, whole seconds.

    >>> w3(datetime(2026, 11, 23, 21, 5, 7, 9, tzinfo=UTC))
    '2026-11-23T21:05:07Z'
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _agency(code: str, services: Services) -> str:
    profile = services.community.profile
    return next((o.name for o in profile.organisations if o.id == code), profile.name)
