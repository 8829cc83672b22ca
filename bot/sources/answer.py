"""A person answers an alert's question."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.sources.profile import Source
from bot.sources.tell import tell
from bot.storage.tables import Alert, Ticket
from bot.tickets.external import file_external
from bot.tickets.house import house

REASONS = ("not_so", "allowed", "not_here", "known", "unclear")
"""Why an alert is dismissed: it is not so, it is allowed, it is not ours, somebody reported it
already, or the picture does not tell."""
RIGHT = frozenset({"known", "not_here"})
"""The machine had seen rightly all the same."""
WRONG = frozenset({"not_so", "allowed"})


class Answered(Exception):
    """Somebody else answered it first."""


def confirm(session: Session, alert_id: str, actor: str) -> Ticket:
    """Yes: it becomes a ticket of its source. Raises `Answered`, KeyError for an unknown id."""
    alert, source = _open(session, alert_id)
    about = house(session)
    name = kind_name(source, alert.kind)
    ticket = file_external(
        session,
        about.community,
        source=source.title if source else alert.source,
        channel="source",
        category=alert.category,
        place=alert.place,
        place_id=alert.place_id or "",
        description=f"{name}；{alert.text}" if alert.text else name,
        attachments=(alert.image,) if alert.image else (),
    )
    alert.ticket_id = ticket.id
    _answer(session, alert, source, "confirmed", actor)
    return ticket


def dismiss(session: Session, alert_id: str, reason: str, actor: str) -> Alert:
    """No. Raises `Answered`, KeyError for an unknown id, ValueError for an unknown reason."""
    if reason not in REASONS:
        raise ValueError(reason)
    alert, source = _open(session, alert_id)
    alert.reason = reason
    _answer(session, alert, source, "dismissed", actor)
    return alert


def kind_name(source: Source | None, code: str) -> str:
    """What a kind is called; the source's own code when the profile does not say."""
    known = source.kinds.get(code) if source else None
    return known.name if known else code


def source_of(session: Session, name: str) -> Source | None:
    return next((s for s in house(session).sources if s.name == name), None)


def _open(session: Session, alert_id: str) -> tuple[Alert, Source | None]:
    alert = session.scalars(select(Alert).where(Alert.id == alert_id).with_for_update()).first()
    if alert is None:
        raise KeyError(alert_id)
    if alert.state != "open":
        raise Answered(alert_id)
    return alert, source_of(session, alert.source)


def _answer(session: Session, alert: Alert, source: Source | None, state: str, actor: str) -> None:
    alert.state, alert.answered_by = state, actor[:64]
    alert.answered = house(session).clock()
    session.flush()
    if source is None:
        return
    for one in (alert, *session.scalars(select(Alert).where(Alert.into == alert.id))):
        tell(session, source, one, alert)
