"""The profile's `notices:`: when residents may be told something, and over which ways."""

import re
from datetime import datetime, time, timedelta
from pathlib import Path

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from bot.secret_reference import SecretReference
from flows.profile import Profile
from locales.load import DEMO, ProfileError
from locales.where import explain, line_of

_SPAN = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")
SAMPLE = {
    "number": "572005", "place": "3幢2单元", "category": "路灯照明", "state": "正在处理",
    "note": "“换好了”\n明天看", "url": "https://example.org/t/abc", "community": "和睦社区",
    "phone": "13800001234", "text": "“好了”\n吗？", "key": "notice:1",
}  # fmt: skip
"""What the templates may use; `text` and `phone` in a text message only."""


def render(source: str, values: dict[str, str]) -> str:
    """Raises jinja2's `TemplateError`."""
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    return environment.from_string(source).render(values)


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Template(_Strict):
    """A WeChat template message or subscription notice."""

    id: str
    fields: dict[str, str]
    """The template's fields (`thing1`) to what stands in them, each a Jinja2 template."""

    @field_validator("fields")
    @classmethod
    def _render(cls, value: dict[str, str]) -> dict[str, str]:
        for source in value.values():
            _try(source)
        return value


class TextMessages(_Strict):
    """A gateway for text messages that takes one HTTP request a message."""

    url: str = Field(pattern=r"^https?://")
    headers: dict[str, str] = {}
    secret: SecretReference | None = None
    """Sent as `Authorization: Bearer …`."""
    body: str
    """A Jinja2 template; `tojson` quotes for JSON."""
    accepted: str = ""
    """A regular expression the answer's body matches when it was taken; empty: any 2xx."""

    @field_validator("body")
    @classmethod
    def _renders(cls, value: str) -> str:
        _try(value)
        return value

    @field_validator("accepted")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"不是正则表达式（{error}）") from None
        return value


class Calls(_Strict):
    """Calls to residents who agreed to them."""

    hours: str = "09:00-11:30,14:30-19:30"
    """When they may be called: nobody is called in rest hours."""
    tries: int = Field(3, ge=1, le=5)
    """When it is busy, nobody answers or the call is cut; then the next way is taken."""
    every: int = Field(30, ge=1, le=24 * 60)
    """Minutes between two tries."""
    trunk: str = ""
    """Where calls go, such as `sip:{number}@10.0.0.5`; empty: to the registrar, or to Asterisk."""

    @field_validator("hours")
    @classmethod
    def _spans(cls, value: str) -> str:
        spans = value.split(",")
        if not all(
            _SPAN.fullmatch(span.strip()) and span.strip() < span.strip()[6:] for span in spans
        ):
            raise ValueError("要像 09:00-11:30,14:30-19:30")
        return value

    @field_validator("trunk")
    @classmethod
    def _uri(cls, value: str) -> str:
        if value and (not value.startswith(("sip:", "sips:")) or value.count("{number}") != 1):
            raise ValueError("要像 sip:{number}@10.0.0.5")
        return value

    def wait(self, at: datetime) -> float:
        """Seconds until somebody may be called; 0 for now. `at` is local.

        >>> calls = Calls()
        >>> calls.wait(datetime(2026, 11, 24, 10, 0)), calls.wait(datetime(2026, 11, 24, 12, 0))
        (0.0, 9000.0)
        >>> calls.wait(datetime(2026, 11, 24, 20, 0)) / 3600
        13.0
        """
        spans = sorted(tuple(span.strip().split("-")) for span in self.hours.split(","))
        for day in (at.date(), at.date() + timedelta(days=1)):
            for start, end in spans:
                opens, closes = (
                    datetime.combine(day, time.fromisoformat(text), at.tzinfo)
                    for text in (start, end)
                )
                if at < closes:
                    return max(0.0, (opens - at).total_seconds())
        raise AssertionError  # there is a span tomorrow

    def address(self, number: str) -> str:
        """What is dialled for a telephone number."""
        return self.trunk.replace("{number}", number) if self.trunk else number


class NoticeRules(_Strict):
    quiet_hours: str = "21:00-07:30"
    """Nothing but an emergency is told in them; empty: at any time."""
    template: Template | None = None
    subscribed: Template | None = None
    """A subscription notice (订阅通知), for accounts that get no template messages any more."""
    calls: Calls | None = None
    """Absent: nobody is called, nor asked whether they may be."""
    sms: TextMessages | None = None

    @field_validator("quiet_hours")
    @classmethod
    def _a_span(cls, value: str) -> str:
        if value and not _SPAN.fullmatch(value):
            raise ValueError("要像 21:00-07:30")
        return value

    def quiet(self, at: datetime) -> float:
        """Seconds until somebody may be told something; 0 for now. `at` is local.

        >>> rules = NoticeRules()
        >>> rules.quiet(datetime(2026, 11, 24, 22, 0)) / 3600, rules.quiet(datetime(2026, 1, 1, 12))
        (9.5, 0.0)
        """
        if not self.quiet_hours:
            return 0.0
        start, end = map(time.fromisoformat, self.quiet_hours.split("-"))
        now = at.time()
        within = start <= now < end if start < end else now >= start or now < end
        if not within:
            return 0.0
        morning = datetime.combine(at.date(), end, at.tzinfo)
        return (morning + timedelta(days=end <= now) - at).total_seconds()


def _try(source: str) -> None:
    try:
        render(source, SAMPLE)
    except TemplateError as error:
        raise ValueError(f"模板写法有误（{error}）；可用的有 {'、'.join(SAMPLE)}") from None


def read_notices(profile: Profile, source: Path | None = None) -> NoticeRules:
    """Checked. source: the profile's file, to name lines of. Raises `ProfileError`."""
    file = source or DEMO
    try:
        return NoticeRules.model_validate(profile.notices)
    except ValidationError as error:
        problem = error.errors()[0]
        line = line_of(file, ("notices", *problem["loc"]))
        field = ".".join(str(part) for part in problem["loc"])
        raise ProfileError(
            f"{file}: 第 {line} 行 notices 的“{field}”有误：{explain(problem)}。"
        ) from None
