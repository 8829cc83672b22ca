"""`/desk/alerts`: what machines say they saw, as questions: one tap answers."""

from dataclasses import dataclass

from fastapi import APIRouter, Depends
from fastapi.requests import Request
from fastapi.responses import RedirectResponse
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.desk.page import desk_page
from bot.desk.sight import own_staff
from bot.desk.signed import Member, flash, posted
from bot.desk.voices import uploaded
from bot.pages.errors import Refused
from bot.pages.words import say
from bot.services import Services
from bot.sources.answer import REASONS, Answered, confirm, dismiss, kind_name, source_of
from bot.sources.spoken import CONFIRM, understood
from bot.storage.tables import Alert
from voice.codecs import decode
from voice.recognition.protocol import RecogniserBusy
from voice.sound import AudioError

router = APIRouter()

LIMIT = 50
SURE = 0.6
"""The recogniser's confidence from which a word counts."""


@dataclass(frozen=True)
class Question:
    alert: Alert
    name: str
    """What the machine says it is."""
    source: str


@router.get("/alerts")
def alerts(
    request: Request,
    show: str = "",
    member: Member = Depends(own_staff),
    services: Services = Depends(Services.of),
) -> Response:
    """What waits for an answer, the newest first; `show=muted` is the digest."""
    muted = show == "muted"
    with services.database.read() as session:
        waiting = select(Alert).where(Alert.state == "open", Alert.muted.is_(muted))
        rows = session.scalars(waiting.order_by(Alert.last.desc()).limit(LIMIT + 1)).all()
        hidden = select(func.count()).where(Alert.state == "open", Alert.muted.is_(True))
        return desk_page(
            request, "alerts.html", member,
            here="alerts", muted=muted, reasons=REASONS, limit=LIMIT,
            questions=[_question(session, row) for row in rows[:LIMIT]],
            more=len(rows) > LIMIT, hidden=session.scalar(hidden) or 0,
        )  # fmt: skip


@router.post("/alerts/{id}")
def answer(
    request: Request,
    id: str,
    member: Member = Depends(own_staff),
    fields: dict[str, str] = Depends(posted),
    services: Services = Depends(Services.of),
) -> Response:
    """`answer`: `confirm`, or the reason it is dismissed for."""
    given = fields.get("answer", "")
    if given != CONFIRM and given not in REASONS:
        raise Refused(422, "error.422.text")
    _answer(request, services, member, id, given)
    return _back(fields.get("show", ""))


@router.post("/alerts/{id}/spoken")
def spoken(
    request: Request,
    id: str,
    show: str = "",
    member: Member = Depends(own_staff),
    data: bytes = Depends(uploaded),
    services: Services = Depends(Services.of),
) -> Response:
    """The same by one word at the desk's microphone. Where it is not clear what was meant nothing
    is done, and the page says what was heard."""
    with services.database.read() as session:
        alert = session.get(Alert, id)
        if alert is None:
            raise Refused(404, "alerts.missing")
        name = _question(session, alert).name
    try:
        heard = services.recogniser.recognise(decode(data, services.recogniser.rate))
    except AudioError as error:
        flash(request, "alerts.no_sound", problem=str(error))
        return _back(show)
    except RecogniserBusy:
        flash(request, "error.503.text")
        return _back(show)
    given = understood(heard.text, name, services.community.lexicon)
    if given and heard.confidence >= SURE:
        word = say("alerts.confirm" if given == CONFIRM else f"alerts.reasons.{given}")
        _answer(request, services, member, id, given, heard=heard.text, word=word)
    else:
        flash(request, "alerts.not_clear", heard=heard.text or say("alerts.nothing"))
    return _back(show)


def _answer(
    request: Request, services: Services, member: Member, id: str, given: str, **heard: str
) -> None:
    try:
        with services.database.begin() as session:
            if given == CONFIRM:
                confirm(session, id, member.name)
            else:
                dismiss(session, id, given, member.name)
        done = "confirmed" if given == CONFIRM else "dismissed"
        flash(request, f"alerts.heard_{done}" if heard else f"alerts.{done}", **heard)
    except KeyError:
        raise Refused(404, "alerts.missing") from None
    except Answered:
        flash(request, "alerts.answered")


def _back(show: str) -> Response:
    return RedirectResponse(f"/desk/alerts{'?show=muted' if show == 'muted' else ''}", 303)


def _question(session: Session, alert: Alert) -> Question:
    source = source_of(session, alert.source)
    title = source.title if source else alert.source
    return Question(alert, kind_name(source, alert.kind), title)
