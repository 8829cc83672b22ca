"""`/t/{token}`: a ticket's page in large type for the resident, and the same read aloud.

The address is a capability: 256 random bits that only the resident was given. No account, no
cookie, nothing on the page beyond what the resident said and what became of it.
"""

import logging
import re

from fastapi import APIRouter, Depends
from fastapi.requests import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import select
from starlette.responses import Response

from bot.metrics import speech_seconds
from bot.pages.aloud import Chapter, aloud, chapters, status_lines, turn
from bot.pages.errors import Refused
from bot.pages.form import form_fields
from bot.pages.media import media
from bot.pages.templates import page
from bot.pages.words import page_words
from bot.services import Services
from bot.storage.tables import Ticket
from bot.tickets.find import locked
from bot.tickets.joined import standing_for
from bot.tickets.verdict import give_verdict
from voice.synthesis.protocol import SynthesisError

router = APIRouter()
log = logging.getLogger("linsheng.web")

LONGEST = 500
"""Characters of a resident's words; what is longer is cut."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")
_STEP = {
    "draft": 0, "open": 1, "reopened": 1, "assigned": 2, "in_progress": 3,
    "resolved": 4, "closed": 4, "merged": 0, "dismissed": 0,
}  # fmt: skip
"""Which of the four steps is reached; 0 shows no steps, for they would promise something."""


@router.get("/t/{token}.mp3", response_class=Response)
def spoken(request: Request, token: str, services: Services = Depends(Services.of)) -> Response:
    """The ticket's state, read aloud, as MP3; parts of it on request, as iPhones demand."""
    lines = status_lines(_find(services, token), services)
    try:
        with turn(), speech_seconds.time():
            data = aloud([clause for _, clause in lines], services.synthesiser)
    except SynthesisError:
        log.exception("the status could not be read aloud")
        raise Refused(503, "status.mute") from None
    return media(request, data, "audio/mpeg")


@router.get("/t/{token}.json")
def along(token: str, services: Services = Depends(Services.of)) -> dict[str, list[Chapter]]:
    """When each part of the sound is heard, so that the page can light it up."""
    lines = status_lines(_find(services, token), services)
    try:
        with turn():
            return {"chapters": chapters(lines, services.synthesiser, services.wording.spoken)}
    except SynthesisError:
        raise Refused(503, "status.mute") from None


@router.get("/t/{token}")
def ticket(request: Request, token: str, services: Services = Depends(Services.of)) -> HTMLResponse:
    """The ticket in large type: number, what, where, how far, and the worker's word."""
    found = _find(services, token)
    with services.database.read() as session:
        standing = standing_for(session, found)
    sentence = page_words()["status"]["sentence"][standing.state]
    return page(
        request, "status.html",
        ticket=found, standing=standing, sentence=sentence, step=_STEP[standing.state],
    )  # fmt: skip


@router.post("/t/{token}/verdict", include_in_schema=False)
def verdict(
    token: str,
    fields: dict[str, str] = Depends(form_fields),
    services: Services = Depends(Services.of),
) -> RedirectResponse:
    """“修好了吗？” answered on the page. Whoever has its address is the resident: nobody else can
    write a form to it. A second tap, or one on a page that was left open, changes nothing."""
    found = _find(services, token)
    said = fields.get("solved", "")
    if said not in ("yes", "no"):
        raise Refused(422, "error.422.text")
    with services.database.begin() as session:
        state = standing_for(session, locked(session, found)).state
        if state == "resolved" or (state == "closed" and said == "no"):
            words = fields.get("words", "")[:LONGEST]
            give_verdict(session, found.number, said == "yes", words)
    return RedirectResponse(f"/t/{token}", 303)


def _find(services: Services, token: str) -> Ticket:
    """Raises `Refused` 404, the same for a token that never was and one that is malformed."""
    ticket = None
    if _TOKEN.fullmatch(token):
        with services.database.read() as session:
            ticket = session.scalar(select(Ticket).where(Ticket.token == token))
    if ticket is None:
        raise Refused(404, "status.missing")
    return ticket
