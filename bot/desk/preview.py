"""`/desk/tickets/{number}/preview`: what the resident will hear, before the note is sent."""

from fastapi import APIRouter, Depends
from fastapi.requests import Request
from starlette.responses import Response

from bot.desk.signed import Member, account, posted
from bot.desk.ticket_page import LONGEST, find_ticket
from bot.pages.aloud import aloud, status_lines, turn
from bot.pages.errors import Refused
from bot.services import Services
from voice.synthesis.protocol import SynthesisError

router = APIRouter()


@router.post("/tickets/{number}/preview")
def preview(
    request: Request,
    number: str,
    member: Member = Depends(account),
    fields: dict[str, str] = Depends(posted),
    services: Services = Depends(Services.of),
) -> Response:
    """The ticket's state read aloud with the note as it stands in the form; nothing is kept."""
    with services.database.read() as session:
        ticket = find_ticket(session, number, member)
        lines = status_lines(ticket, services, note=fields.get("note", "")[:LONGEST])
    try:
        with turn():
            data = aloud([clause for _, clause in lines], services.synthesiser)
    except SynthesisError:
        raise Refused(503, "status.mute") from None
    return Response(data, media_type="audio/mpeg")
