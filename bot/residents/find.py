"""Who speaks: found by a keyed hash of their address, so that no number lies in clear."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.storage.box import Box
from bot.storage.tables import Resident
from flows.channel import Channel


def find_resident(session: Session, box: Box, channel: Channel, address: str) -> Resident | None:
    query = select(Resident).where(Resident.address_hash == _hash(box, channel, address))
    return session.scalars(query).first()


def find_or_make_resident(
    session: Session, box: Box, channel: Channel, address: str, now: datetime
) -> Resident:
    """The resident of this phone number, openid or desk session; a new one when there is none."""
    resident = find_resident(session, box, channel, address)
    if resident is None:
        resident = Resident(
            id=secrets.token_hex(16),
            channel=channel.value,
            address_hash=_hash(box, channel, address),
            address=address,
            phone="",
            name="",
            pace="normal",
            created=now,
            seen=now,
        )
        session.add(resident)
        session.flush()
    resident.seen = now
    return resident


def _hash(box: Box, channel: Channel, address: str) -> str:
    return box.digest(f"{channel.value}:{address}")
