"""Signing in and out, and changing one's password."""

from fastapi import APIRouter, Depends
from fastapi.requests import Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from bot.desk.page import desk_page
from bot.desk.signed import Member, account, flash, posted, sign_in
from bot.metrics import sign_ins_total
from bot.pages.words import say
from bot.residents.staff import SHORTEST, Locked, authenticate, change_password
from bot.services import Services
from bot.storage.tables import Staff

router = APIRouter()


@router.get("/sign-in")
def form(request: Request, next: str = "/desk") -> Response:
    return _form(request, next)


@router.post("/sign-in")
def enter(
    request: Request,
    fields: dict[str, str] = Depends(posted),
    services: Services = Depends(Services.of),
) -> Response:
    target, name = fields.get("next", ""), fields.get("name", "")[:64]
    try:
        staff = authenticate(services.database, name, fields.get("password", "")[:200])
    except Locked as locked:
        sign_ins_total.labels("locked").inc()
        problem = say("sign_in.locked", minutes=locked.minutes)
        return _form(request, target, problem, name, 429)
    if staff is None:
        sign_ins_total.labels("refused").inc()
        return _form(request, target, say("sign_in.wrong"), name, 401)
    sign_ins_total.labels("ok").inc()
    sign_in(request, staff)
    return RedirectResponse("/desk/password" if staff.must_change else _inside(target), 303)


@router.post("/sign-out")
def leave(
    request: Request, fields: dict[str, str] = Depends(posted), member: Member = Depends(account)
) -> Response:
    request.session.clear()
    return RedirectResponse("/desk/sign-in", 303)


@router.get("/password")
def password_form(request: Request, member: Member = Depends(account)) -> Response:
    return desk_page(request, "password.html", member, here="password", length=SHORTEST)


@router.post("/password")
def new_password(
    request: Request,
    fields: dict[str, str] = Depends(posted),
    member: Member = Depends(account),
    services: Services = Depends(Services.of),
) -> Response:
    now, new = fields.get("now", "")[:200], fields.get("new", "")[:200]
    problem = ""
    if new != fields.get("again", "")[:200]:
        problem = say("password.different")
    elif len(new) < SHORTEST:
        problem = say("password.short", length=SHORTEST)
    elif new == now:
        problem = say("password.same")
    elif not change_password(services.database, member.id, now, new):
        problem = say("password.wrong")
    if problem:
        return desk_page(
            request, "password.html", member,
            here="password", length=SHORTEST, problem=problem, status=422,
        )  # fmt: skip
    with services.database.read() as session:
        staff = session.get_one(Staff, member.id)
        sign_in(request, staff)
    flash(request, "password.done")
    return RedirectResponse("/desk", 303)


def _form(
    request: Request, target: str, problem: str = "", name: str = "", status: int = 200
) -> Response:
    return desk_page(
        request, "sign_in.html", None,
        next=_inside(target), problem=problem, name=name, status=status,
    )  # fmt: skip


def _inside(target: str) -> str:
    """Only ever back into the desk: a link that was sent to us may not lead elsewhere.

    >>> _inside("/desk/tickets/572005"), _inside("//evil.example"), _inside("/desk/..//x")
    ('/desk/tickets/572005', '/desk', '/desk')
    """
    plain = all(char.isalnum() or char in "/-_" for char in target)
    return target if plain and target.startswith("/desk/") and "//" not in target else "/desk"
