"""A person at the desk sets right what was heard or understood wrongly."""

from sqlalchemy.orm import Session

from bot.storage.tables import Ticket
from bot.tickets.events import add_event
from bot.tickets.fill import fill
from bot.tickets.find import locked
from bot.tickets.follow import follow
from flows.community import Community
from flows.report import Category, Place, Report, Urgency


def correct(
    session: Session,
    which: Ticket | str,
    actor: str,
    community: Community,
    *,
    category: str | None = None,
    place: str | None = None,
    urgency: str | None = None,
    words: str | None = None,
    phone: str | None = None,
) -> bool:
    """Change the given slots; False when they were so already. The history keeps what was before.

    A place may be an id of the gazetteer or words; a corrected category is routed anew.
    Raises `TicketMissing`, ValueError for an unknown urgency.
    """
    ticket = locked(session, which)
    report = Report.model_validate(ticket.report)
    update: dict[str, object] = {}
    if category is not None and category != ticket.category:
        old = report.category
        update["category"] = Category(code=category, confidence=1.0, top=old.top if old else ())
    if place is not None and place != ticket.place:
        update["place"] = _place(place, community)
    if urgency is not None:
        update["urgency"] = Urgency(urgency)
    if words is not None and words != ticket.description:
        update["words"] = (words,) if words else ()
    if phone is not None:
        update["phone"] = phone or None
    sure = report.confirmed | (update.keys() & {"category", "place", "phone"})
    changed = fill(ticket, report.model_copy(update={**update, "confirmed": sure}), community)
    if changed:
        follow(session, ticket, add_event(session, ticket, "corrected", actor, **changed))
    return bool(changed)


def _place(text: str, community: Community) -> Place | None:
    if not text:
        return None
    known = community.gazetteer.place(text) or community.gazetteer.find(text)
    if known is None:
        return Place(text=text, confidence=1.0)
    # What the person wrote stays to be read; the gazetteer adds where that is.
    words = known.text if known.id == text else text
    return known.model_copy(update={"text": words, "confidence": 1.0})
