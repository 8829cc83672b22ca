"""Who sits at the desk: the signed cookie, the check on every form, the way to the sign-in page."""

import secrets
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from urllib.parse import quote

from fastapi import Depends
from fastapi.requests import Request
from fastapi.responses import RedirectResponse
from markupsafe import Markup
from starlette.responses import Response

from bot.pages.errors import Refused
from bot.pages.form import form_fields
from bot.pages.words import say
from bot.services import Services
from bot.storage.tables import Staff

COOKIE = "linsheng_desk"


@dataclass(frozen=True)
class Member:
    """A signed-in account."""

    id: str
    name: str
    role: str
    """`volunteer`, `worker`, `supervisor` or `admin`."""
    organisation: str = ""
    """Id in the profile; empty: the community's own, who see everything."""


class NotSignedIn(Exception):
    """Answered by a redirect to `path`: the sign-in page, or the one to change a password."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


async def answer_not_signed_in(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotSignedIn)
    return RedirectResponse(error.path, 303)


def session_key(services: Services) -> str:
    """Signs the cookie; derived from the installation's secret, so it outlives a restart."""
    return services.database.box.key("desk cookie").hex()


def sign_in(request: Request, staff: Staff) -> None:
    """Start a fresh session: nothing of one that stood before the sign-in stays valid."""
    request.session.clear()
    request.session.update(staff=staff.id, stamp=_stamp(staff), csrf=secrets.token_urlsafe(24))


def account(request: Request, services: Services = Depends(Services.of)) -> Member:
    """The account behind the cookie, even one that must still change its password."""
    staff_id = request.session.get("staff", "")
    with services.database.read() as session:
        staff = session.get(Staff, staff_id) if staff_id else None
        # A changed password ends every session that was opened with the old one.
        if staff is None or not compare_digest(_stamp(staff), request.session.get("stamp", "")):
            here = request.url.path if request.method == "GET" else "/desk"
            raise NotSignedIn(f"/desk/sign-in?next={quote(here)}")
        if staff.must_change and request.url.path not in ("/desk/password", "/desk/sign-out"):
            raise NotSignedIn("/desk/password")
        return Member(staff.id, staff.name, staff.role, staff.organisation)


def csrf_field(request: Request) -> Markup:
    """The hidden field every form carries; its value lives in the signed cookie."""
    value = request.session.setdefault("csrf", secrets.token_urlsafe(24))
    return Markup('<input type="hidden" name="csrf" value="{}">').format(value)


def posted(request: Request, fields: dict[str, str] = Depends(form_fields)) -> dict[str, str]:
    """The fields of a form that came from one of our own pages; raises 403 otherwise."""
    check_csrf(request, fields.get("csrf", ""))
    return fields


def check_csrf(request: Request, given: str) -> None:
    """Raises 403 for a form that did not come from one of our own pages."""
    expected = request.session.get("csrf", "")
    if not expected or not compare_digest(expected.encode(), given.encode()):
        raise Refused(403, "sign_in.stale")


def flash(request: Request, path: str, **values: str) -> None:
    """A text of `desk.yaml` to be shown once, on the next page."""
    request.session["flash"] = say(path, **values)


def _stamp(staff: Staff) -> str:
    return sha256(staff.password_hash.encode()).hexdigest()[:24]
