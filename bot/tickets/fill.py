"""A report into a ticket's columns."""

from bot.storage.tables import Ticket
from flows.community import Community
from flows.report import Report


def fill(ticket: Ticket, report: Report, community: Community) -> dict[str, object]:
    """Copy the report; returns what the history shows of it: for each column that changed its new
    value, or (old, new) when there was one before."""
    place = report.place
    values = {
        "category": report.category.code if report.category else "other",
        "place": place.text if place else "",
        "place_id": place.id if place else None,
        "urgency": report.urgency.value,
        "description": report.description,
        "phone": report.phone or "",
        "name": report.name or "",
    }
    fresh = ticket.report is None
    changed: dict[str, object] = {}
    for column, value in values.items():
        old = getattr(ticket, column)
        if value != old:
            changed[column] = [old, value] if old else value
            setattr(ticket, column, value)
    ticket.report = report.model_dump(mode="json")
    # Only then: where somebody forwarded it stays through any other correction.
    if fresh or "category" in changed:
        ticket.organisation = route(ticket.category, community)
    changed.pop("place_id", None)
    return changed


def route(category: str, community: Community) -> str:
    """Id of the organisation that takes care of it; empty: the community's own staff."""
    profile = community.profile
    wanted = profile.routing.get(category) or profile.routing.get("default", "")
    return wanted if any(o.id == wanted for o in profile.organisations) else ""
