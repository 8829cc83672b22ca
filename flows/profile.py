"""The community profile as its operator writes it: places, organisations, hours."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Landmark(_Strict):
    name: str
    aliases: tuple[str, ...] = ()


class Building(_Strict):
    name: str
    """As written on the wall: `1幢`."""
    units: int = Field(1, ge=1, le=20)
    floors: int = Field(6, ge=1, le=99)
    aliases: tuple[str, ...] = ()


class BuildingRange(_Strict):
    count: int = Field(ge=1, le=2000)
    """Buildings 1…count, all alike."""
    units: int = Field(1, ge=1, le=20)
    floors: int = Field(6, ge=1, le=99)

    def one(self, number: int) -> Building:
        return Building(name=f"{number}幢", units=self.units, floors=self.floors)


class Estate(_Strict):
    id: str = Field(pattern=r"^[A-Za-z0-9_-]+$")
    name: str
    aliases: tuple[str, ...] = ()
    buildings: BuildingRange | tuple[Building, ...] = ()
    landmarks: tuple[Landmark, ...] = ()

    def all_buildings(self) -> tuple[Building, ...]:
        """The buildings one by one, a range written out.

        >>> e = Estate(id="hm", name="和睦新村", buildings={"count": 2, "units": 3, "floors": 6})
        >>> [b.name for b in e.all_buildings()]
        ['1幢', '2幢']
        """
        if isinstance(self.buildings, BuildingRange):
            r = self.buildings
            return tuple(r.one(number) for number in range(1, r.count + 1))
        return self.buildings


class Organisation(_Strict):
    id: str
    name: str
    kind: Literal["property", "volunteers", "street", "social", "enterprise", "community"]
    sees: tuple[Literal["phone", "name"], ...] = ()
    """What its people see of a resident beyond the matter itself; without `phone` no recording
    either, for numbers are said in them."""


DEADLINES = {"emergency": 0, "urgent": 0, "policy_question": 3, "suggestion": 3, "default": 13}
"""A city hotline's rule: urgent matters the same day, enquiries in 3 working days, else 13."""


class FollowUpRules(_Strict):
    """What happens to a ticket that nobody does anything about, and when."""

    deadlines: dict[str, Annotated[int, Field(ge=0, le=250)]] = Field({}, validate_default=True)
    """Working days, by urgency, else by category, else under `default`; 0: the same day."""
    remind_before: int = Field(1, ge=0, le=30)
    """Working days before the deadline."""
    escalate_after: int = Field(1, ge=0, le=30)
    """Working days after the deadline until the supervisor is told."""
    ask_again_after: int = Field(3, ge=1, le=60)
    """Days after “修好了吗？” that it is asked once more."""
    close_after: int = Field(7, ge=1, le=90)
    """Days of silence after which the ticket is closed; later than `ask_again_after`."""

    @field_validator("deadlines")
    @classmethod
    def _with_defaults(cls, value: dict[str, int]) -> dict[str, int]:
        return {**DEADLINES, **value}


class CategoryAdditions(_Strict):
    """A community's own words for one kind of problem, beside those everybody has."""

    strong: tuple[str, ...] = ()
    """Words that hardly mean anything else."""
    weak: tuple[str, ...] = ()
    """Words that point there among others."""
    examples: tuple[str, ...] = ()
    """Whole sentences as residents say them."""


class Profile(_Strict):
    """One community; the packaged demo profile shows every field."""

    name: str
    hotline: str = ""
    places: tuple[Estate, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    routing: dict[str, str] = {}
    working_hours: dict[str, str] = {}
    timezone: str = "Asia/Shanghai"
    words: dict[str, CategoryAdditions] = {}
    """By category."""
    outlets: tuple[dict[str, object], ...] = ()
    """Platforms that are told of tickets; read by `bot.outlets.profile`."""
    pronunciation: dict[str, str] = {}
    """Names the voice would read wrongly, with their syllables: `{单家弄: shan4 jia1 long4}`."""
    follow_up: FollowUpRules = FollowUpRules()
    sources: tuple[dict[str, object], ...] = ()
    """Machines that raise alerts; read by `bot.sources.profile`."""
    notices: dict[str, object] = {}
    """How residents are told; read by `bot.notices.profile`."""
    limits: dict[str, object] = {}
    """How much of the telephone may be taken; read by `bot.channels.calls.limits`."""
