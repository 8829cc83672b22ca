"""`/desk/recordings/{id}`: what a resident said, as MP3, or the picture they sent."""

from fastapi import APIRouter, Depends
from fastapi.requests import Request
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.desk.sight import sees
from bot.desk.signed import Member, account
from bot.pages.errors import Refused
from bot.pages.media import media
from bot.services import Services
from bot.storage.recordings import RecordingMissing
from bot.storage.tables import Alert, Recording, Ticket
from voice.codecs import encode_mp3
from voice.sound import AudioError

router = APIRouter()

_PICTURES = ("image/jpeg", "image/png", "image/gif", "image/webp")
"""Shown as they came; anything else could be a page with a script in it."""


def _may_have(session: Session, member: Member, row: Recording, services: Services) -> bool:
    """An organisation's people: only of their own tickets, and sound only where numbers are theirs
    to hear."""
    if not member.organisation:
        return True
    picture = row.media_type in _PICTURES
    if not picture and not sees(member, "phone", services.community.profile):
        return False
    theirs = select(Ticket.id).where(Ticket.organisation == member.organisation)
    said = theirs.where(
        Ticket.conversation_id == row.conversation_id, Ticket.conversation_id.is_not(None)
    )
    seen = theirs.join(Alert, Alert.ticket_id == Ticket.id).where(Alert.image == row.id)
    return any(session.scalars(query.limit(1)).first() for query in (said, seen))


@router.get("/recordings/{name}")
def recording(
    request: Request,
    name: str,
    member: Member = Depends(account),
    services: Services = Depends(Services.of),
) -> Response:
    recording_id = name.removesuffix(".mp3")
    row = None
    if recording_id.isascii() and recording_id.isalnum():
        with services.database.read() as session:
            row = session.get(Recording, recording_id)
            if row is not None and not _may_have(session, member, row, services):
                row = None
    if row is None:
        raise Refused(404, "ticket.recording_missing")
    try:
        if row.media_type in _PICTURES:
            return media(request, services.recordings.read(row.id), row.media_type)
        return media(request, encode_mp3(services.recordings.sound(row.id)), "audio/mpeg")
    except (AudioError, RecordingMissing):
        raise Refused(404, "ticket.recording_broken") from None
