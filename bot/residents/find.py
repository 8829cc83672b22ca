"""Who speaks: found by a keyed hash of their address, so that no number lies in clear."""

import secrets
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.storage.box import Box
from bot.storage.tables import Resident
from bot.storage.write import write
from flows.channel import Channel

_BY_HASH = select(Resident).where(Resident.address_hash == bindparam("hash"))


def find_resident(session: Session, box: Box, channel: Channel, address: str) -> Resident | None:
    return session.scalars(_BY_HASH, {"hash": _hash(box, channel, address)}).first()


def find_or_make_resident(
    session: Session, box: Box, channel: Channel, address: str, now: datetime
) -> Resident:
    """The resident of this phone number, openid or desk session; a new one when there is none."""
    resident = find_resident(session, box, channel, address)
    if resident is None:
        resident = make_resident(session, box, channel, address, now)
    resident.seen = now
    return resident


def make_resident(
    session: Session, box: Box, channel: Channel, address: str, now: datetime
) -> Resident:
    return write(
        session,
        Resident(
            id=secrets.token_hex(16),
            channel=channel.value,
            address_hash=_hash(box, channel, address),
            address=address,
            created=now,
            seen=now,
        ),
    )


def _hash(box: Box, channel: Channel, address: str) -> str:
    return box.digest(f"{channel.value}:{address}")
