"""A page of the desk: what every one of them shows beside its own content."""

from typing import Any

from fastapi.requests import Request
from fastapi.responses import HTMLResponse

from bot.desk.sight import sees, shown
from bot.desk.signed import Member, csrf_field
from bot.pages.templates import page
from bot.services import Services


def desk_page(
    request: Request,
    template: str,
    member: Member | None,
    *,
    here: str = "",
    status: int = 200,
    problem: str = "",
    **values: Any,
) -> HTMLResponse:
    """`here` names the navigation's current entry; `problem` is shown as an alarm."""
    profile = Services.of(request).community.profile
    once = request.session.pop("flash", "")
    return page(
        request,
        template,
        status=status,
        staff=member,
        csrf=csrf_field(request),
        here=here,
        shown=shown(member, profile),
        hears_calls=member is not None and sees(member, "phone", profile),
        problem=problem,
        flash=once,
        **values,
    )
