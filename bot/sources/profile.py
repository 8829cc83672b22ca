"""The profile's `sources:`: which machines may raise alerts, and what their kinds mean here."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator

from bot.profile_section import mistake, read_entry
from bot.secret_reference import SecretReference
from flows.profile import Profile
from locales.load import DEMO, load_lexicon


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Kind(_Strict):
    """What one of the source's codes means."""

    name: str = Field(min_length=1, max_length=20)
    """As the question puts it: “真的是 出店经营 吗？”"""
    category: str = "other"


class Source(_Strict):
    name: str = Field(pattern=r"^[a-z0-9_-]{1,20}$")
    label: str = Field("", max_length=20)
    """As people call it; empty: its name."""
    secret: SecretReference
    callback: str = ""
    """Where the answers go, signed with the same secret; empty: nowhere."""
    kinds: dict[str, Kind] = {}
    fold: int = Field(30, ge=0, le=1440)
    """Minutes within which the same kind at the same place is the same matter."""
    precision: float = Field(0.5, ge=0.0, le=1.0)
    """A kind that people confirmed less often than this comes muted, in the digest."""
    judged: int = Field(20, ge=1)
    """So many answers within 30 days before anything is muted."""

    @field_validator("callback")
    @classmethod
    def _http(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("要以 http:// 或 https:// 开头")
        return value

    @property
    def adapter(self) -> str:
        """The outbox's `kind` of the answers to it."""
        return f"source:{self.name}"

    @property
    def title(self) -> str:
        return self.label or self.name


_MODEL: TypeAdapter[Source] = TypeAdapter(Source)


def read_sources(profile: Profile, source: Path | None = None) -> tuple[Source, ...]:
    """The sources, checked. source: the profile's file. Raises `ProfileError`."""
    file = source or DEMO
    found: list[Source] = []
    for at, value in enumerate(profile.sources):
        entry = read_entry(_MODEL, value, file, "sources", at)
        if any(other.name == entry.name for other in found):
            problem = f"“{entry.name}”写了两次，请改一个名字"
            raise mistake(file, "sources", at, ("name",), problem)
        for code, kind in entry.kinds.items():
            if kind.category not in _categories():
                choices = "、".join(sorted(_categories()))
                problem = f"没有“{kind.category}”这个类别；可用的有 {choices}"
                raise mistake(file, "sources", at, ("kinds", code, "category"), problem)
        found.append(entry)
    return tuple(found)


@cache
def _categories() -> frozenset[str]:
    return frozenset(load_lexicon().categories)
