"""Another system files a ticket: an Open311 client, or a machine whose alert a person confirmed."""

from sqlalchemy.orm import Session

from bot.storage.tables import Ticket
from bot.tickets.draft import Origin
from bot.tickets.file import file_ticket
from bot.tickets.house import house
from bot.tickets.number import free_number
from flows.community import Community
from flows.report import Category, Place, Report


def file_external(
    session: Session,
    community: Community,
    *,
    source: str,
    category: str,
    place: str,
    place_id: str = "",
    description: str = "",
    phone: str = "",
    name: str = "",
    channel: str = "open311",
    attachments: tuple[str, ...] = (),
) -> Ticket:
    """An open ticket from the system named `source`; an unknown `place_id` is kept as words."""
    known = community.gazetteer.place(place_id) if place_id else None
    known = known or (community.gazetteer.find(place) if place else None)
    where = place or (known.text if known else place_id)
    if known is not None:
        known = known.model_copy(update={"text": where})
    elif where:
        known = Place(text=where, confidence=1.0)
    report = Report(
        words=(description,) if description else (),
        category=Category(code=category, confidence=1.0),
        place=known,
        phone=phone or None,
        name=name or None,
        attachments=attachments,
    )
    origin = Origin(channel=channel, at=house(session).clock(), source=source[:64])
    return file_ticket(session, free_number(session), report, origin)
