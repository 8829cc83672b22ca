"""The profile's `outlets:`: to whom which tickets go, and what they may know of them."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator

from bot.profile_section import mistake, read_entry
from bot.secret_reference import SecretReference
from flows.profile import Profile
from locales.load import DEMO, load_lexicon

Event = Literal["filed", "state", "note", "corrected"]
FieldName = Literal["place", "description", "note", "phone", "name", "link"]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Tickets(_Strict):
    """Which tickets go there; an empty list means all."""

    categories: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    states: tuple[str, ...] = ()


class _Outlet(_Strict):
    name: str = Field(pattern=r"^[a-z0-9_-]{1,20}$")
    tickets: Tickets = Tickets()
    events: tuple[Event, ...] = ("filed", "state", "note")
    fields: tuple[FieldName, ...] = ()
    """What its tier allows beyond kind, stairwell, state and times. Without `place` it gets no
    door, without `description` no words of the resident, and so on."""

    @property
    def adapter(self) -> str:
        """The outbox's `kind`: every outlet has a queue of its own."""
        return f"outlet:{self.name}"


class _OverHttp(_Outlet):
    url: str

    @field_validator("url")
    @classmethod
    def _http(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("要以 http:// 或 https:// 开头")
        return value.rstrip("/")


class Open311Outlet(_OverHttp):
    """Another GeoReport v2 server; `url` is its endpoint, without `/requests`."""

    kind: Literal["open311"]
    api_key: SecretReference
    jurisdiction_id: str = ""
    format: Literal["json", "xml"] = "json"
    services: dict[str, str] = {}
    """Our category to their `service_code`; `default` for the others; empty: the same codes."""
    poll: int = Field(300, ge=10, le=86400)
    """Seconds between two questions how our requests stand there."""


class WebhookOutlet(_OverHttp):
    """JSON, signed as Standard Webhooks says; `mapping` is a Jinja2 template that gives it."""

    kind: Literal["webhook"]
    secret: SecretReference
    mapping: str = ""
    """The template itself; empty: every field under our own names."""
    mapping_file: str = ""
    """A file with the template, beside the profile."""


class FolderOutlet(_Outlet):
    """A file for each event, put there in one step, for a system that collects files."""

    kind: Literal["folder"]
    path: str = Field(min_length=1)
    format: Literal["csv", "xlsx"] = "csv"


class EmailOutlet(_Outlet):
    kind: Literal["email"]
    host: str = Field(min_length=1)
    port: int = Field(587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: SecretReference | None = None
    sender: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")
    to: tuple[str, ...] = Field(min_length=1)


class ConsoleOutlet(_Outlet):
    """Writes into the log what would be sent: to try filters and fields without anybody there."""

    kind: Literal["console"]


Outlet = Annotated[
    Open311Outlet | WebhookOutlet | FolderOutlet | EmailOutlet | ConsoleOutlet,
    Field(discriminator="kind"),
]
_MODEL: TypeAdapter[Outlet] = TypeAdapter(Outlet)


def read_outlets(profile: Profile, source: Path | None = None) -> tuple[Outlet, ...]:
    """The outlets, checked. source: the profile's file, to name lines of; empty: the demo's.

    Raises `ProfileError`: one line with file, line and what to do.
    """
    file = source or DEMO
    found: list[Outlet] = []
    for at, entry in enumerate(profile.outlets):
        outlet = read_entry(_MODEL, entry, file, "outlets", at)
        _check(outlet, profile, file, at, {other.name for other in found})
        found.append(outlet)
    return tuple(found)


def _check(outlet: Outlet, profile: Profile, file: Path, at: int, names: set[str]) -> None:
    """What the model alone cannot see."""
    if outlet.name in names:
        raise mistake(file, "outlets", at, ("name",), f"“{outlet.name}”写了两次，请改一个名字")
    chosen = outlet.tickets
    known = {
        "categories": _categories(),
        "organisations": frozenset(o.id for o in profile.organisations) | {"community"},
        "states": frozenset(
            ("open", "assigned", "in_progress", "resolved", "closed", "reopened", "merged",
             "dismissed")
        ),
    }  # fmt: skip
    for field, allowed in known.items():
        for value in getattr(chosen, field):
            if value not in allowed:
                choices = "、".join(sorted(allowed))
                problem = f"没有“{value}”；可用的有 {choices}"
                raise mistake(file, "outlets", at, ("tickets", field), problem)
    if isinstance(outlet, Open311Outlet):
        for code in outlet.services:
            if code not in _categories() | {"default"}:
                raise mistake(file, "outlets", at, ("services", code), f"“{code}”不是问题类别")
    if isinstance(outlet, WebhookOutlet) and outlet.mapping and outlet.mapping_file:
        raise mistake(file, "outlets", at, ("mapping",), "mapping 和 mapping_file 只能写一样")


@cache
def _categories() -> frozenset[str]:
    return frozenset(load_lexicon().categories)
