"""The community profile as its operator writes it: places, organisations, hours."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


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
            return tuple(
                Building(name=f"{n}幢", units=r.units, floors=r.floors)
                for n in range(1, r.count + 1)
            )
        return self.buildings


class Organisation(_Strict):
    id: str
    name: str
    kind: Literal["property", "volunteers", "street", "social", "enterprise", "community"]


class Profile(_Strict):
    """One community; the packaged demo profile shows every field."""

    name: str
    hotline: str = ""
    places: tuple[Estate, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    routing: dict[str, str] = {}
    working_hours: dict[str, str] = {}
    timezone: str = "Asia/Shanghai"
    outlets: tuple[dict[str, object], ...] = ()
    pronunciation: dict[str, str] = {}
    """Names the voice would read wrongly, with their syllables: `{单家弄: shan4 jia1 long4}`."""
