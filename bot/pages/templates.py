"""The one Jinja environment of all pages, and how a page is rendered."""

from datetime import datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi.requests import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bot.pages.words import page_words, say
from bot.services import Services

_HERE = Path(__file__).parent
STATIC = _HERE / "static"
_FOLDERS = (
    _HERE / "html",
    _HERE.parent / "desk" / "html",
    _HERE.parent / "channels" / "try_page",
)


def grouped(number: str) -> str:
    """A ticket number as it is read out: two groups of three.

    >>> grouped("572005")
    '572 005'
    """
    return f"{number[:3]} {number[3:]}"


def when(at: datetime, zone: str, now: datetime | None = None) -> str:
    """A time as people write it, in the community's time zone; the year only when it is another.

    >>> from datetime import UTC
    >>> when(datetime(2026, 11, 23, 13, 5, tzinfo=UTC), "Asia/Shanghai",
    ...      now=datetime(2026, 12, 1, tzinfo=UTC))
    '11月23日 21:05'
    """
    local = at.astimezone(ZoneInfo(zone))
    today = (now or datetime.now(ZoneInfo(zone))).astimezone(ZoneInfo(zone))
    year = "" if local.year == today.year else f"{local.year}年"
    return f"{year}{local.month}月{local.day}日 {local:%H:%M}"


@cache
def environment() -> Environment:
    """Escapes everything; a name a template misspells is an error, not an empty spot."""
    jinja = Environment(
        loader=FileSystemLoader(_FOLDERS),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.globals["w"] = page_words()
    jinja.globals["say"] = say
    jinja.filters["grouped"] = grouped
    return jinja


def page(
    request: Request, template: str, *, status: int = HTTPStatus.OK, **values: Any
) -> HTMLResponse:
    """Render `template` with what every page needs: the community, labels and the time filter."""
    services = Services.of(request)
    profile = services.community.profile
    html = (
        environment()
        .get_template(template)
        .render(
            community=profile.name,
            hotline=profile.hotline,
            label=services.wording.label,
            when=lambda at: when(at, profile.timezone),
            **values,
        )
    )
    return HTMLResponse(html, status)
