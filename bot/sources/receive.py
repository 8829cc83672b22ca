"""Keeping an alert: once, as a question, or folded into the one it repeats."""

import secrets
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.sources.alert import AlertMessage, not_after
from bot.sources.precision import is_muted
from bot.sources.profile import Source
from bot.sources.tell import tell
from bot.storage.serialise import serialise
from bot.storage.tables import Alert
from bot.tickets.house import house


def find_alert(session: Session, source: Source, alert_id: str) -> Alert | None:
    query = select(Alert).where(Alert.source == source.name, Alert.alert_id == alert_id)
    return session.scalars(query).first()


def receive(
    session: Session, source: Source, message: AlertMessage, image: str
) -> tuple[Alert, bool]:
    """The alert, and whether it is new. image: id of the stored picture, or empty."""
    serialise(session, source.adapter)
    if known := find_alert(session, source, message.id):
        return known, False
    about = house(session)
    now = about.clock()
    kind = source.kinds.get(message.kind)
    gazetteer = about.community.gazetteer
    place = gazetteer.place(message.place_id) if message.place_id else None
    place = place or (gazetteer.find(message.place) if message.place else None)
    alert = Alert(
        id=secrets.token_hex(16),
        source=source.name,
        alert_id=message.id,
        kind=message.kind,
        category=kind.category if kind else "other",
        place=message.place or (place.text if place else message.place_id),
        place_id=place.id if place else None,
        text=message.text,
        confidence=message.confidence,
        image=image,
        count=1,
        at=not_after(message.at, now),
        received=now,
        last=now,
    )
    first = _repeats(session, source, alert)
    if first is None:
        alert.muted = is_muted(session, source, message.kind, now)
        session.add(alert)
    else:
        alert.state, alert.into = "folded", first.id
        first.count += 1
        first.last = now
        first.image = first.image or image
        session.add(alert)
        session.flush()
        if first.state != "open":
            # A person answered this very matter a moment ago: nobody is asked again.
            tell(session, source, alert, first)
    session.flush()
    return alert, True


def _repeats(session: Session, source: Source, alert: Alert) -> Alert | None:
    """The question of the same source about the same kind at the same place, not long ago."""
    since = alert.received - timedelta(minutes=source.fold)
    where = (
        Alert.place_id == alert.place_id
        if alert.place_id
        else Alert.place_id.is_(None) & (Alert.place == alert.place)
    )
    query = (
        select(Alert)
        .where(
            Alert.source == source.name, Alert.kind == alert.kind, Alert.state != "folded",
            Alert.last >= since, where,
        )
        .order_by(Alert.last.desc())
        .limit(1)
        .with_for_update()
    )  # fmt: skip
    return session.scalars(query).first() if source.fold else None
