"""`/desk/recordings/{id}`: what a resident said, as MP3, or the picture they sent."""

from fastapi import APIRouter, Depends
from fastapi.requests import Request
from starlette.responses import Response

from bot.desk.signed import Member, account
from bot.pages.errors import Refused
from bot.pages.media import media
from bot.services import Services
from bot.storage.recordings import RecordingMissing
from bot.storage.tables import Recording
from voice.codecs import encode_mp3
from voice.sound import AudioError

router = APIRouter()

_PICTURES = ("image/jpeg", "image/png", "image/gif", "image/webp")
"""Shown as they came; anything else could be a page with a script in it."""


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
    if row is None:
        raise Refused(404, "ticket.recording_missing")
    try:
        if row.media_type in _PICTURES:
            return media(request, services.recordings.read(row.id), row.media_type)
        return media(request, encode_mp3(services.recordings.sound(row.id)), "audio/mpeg")
    except (AudioError, RecordingMissing):
        raise Refused(404, "ticket.recording_broken") from None
