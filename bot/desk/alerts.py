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
from bot.pages.errors import Refused
from bot.services import Services
from bot.sources.answer import REASONS, Answered, confirm, dismiss, kind_name, source_of
from bot.storage.tables import Alert

router = APIRouter()

LIMIT = 50


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
    if given != "confirm" and given not in REASONS:
        raise Refused(422, "error.422.text")
    try:
        with services.database.begin() as session:
            if given == "confirm":
                confirm(session, id, member.name)
            else:
                dismiss(session, id, given, member.name)
        flash(request, "alerts.confirmed" if given == "confirm" else "alerts.dismissed")
    except KeyError:
        raise Refused(404, "alerts.missing") from None
    except Answered:
        flash(request, "alerts.answered")
    show = "?show=muted" if fields.get("show") == "muted" else ""
    return RedirectResponse(f"/desk/alerts{show}", 303)


def _question(session: Session, alert: Alert) -> Question:
    source = source_of(session, alert.source)
    title = source.title if source else alert.source
    return Question(alert, kind_name(source, alert.kind), title)
