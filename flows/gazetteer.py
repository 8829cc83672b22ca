"""The community's places, indexed for finding them in what was said."""

from functools import cached_property

from flows.lexicon import NumberWords, PlaceWords
from flows.profile import Building, Estate, Profile
from flows.report import Place
from flows.understanding.numbers import symbol, value


class Gazetteer:
    """Buildings, units and landmarks of one community. Immutable once built."""

    def __init__(self, profile: Profile, places: PlaceWords, numbers: NumberWords) -> None:
        self.words = places
        self.numbers = numbers
        self.estates: dict[str, Estate] = {estate.id: estate for estate in profile.places}
        self._buildings: dict[tuple[str, str], Building] = {}
        for estate in profile.places:
            for building in estate.all_buildings():
                self._buildings[estate.id, self._number_of(building.name)] = building

    def _number_of(self, name: str) -> str:
        """`1幢` → `1`; a house with a proper name keeps it."""
        symbols = ""
        for char in name:
            found = symbol(char, self.numbers)
            if found is None:
                break
            symbols += found
        number = value(symbols) if symbols else None
        return str(number) if number is not None else name

    @cached_property
    def names(self) -> tuple[tuple[str, Place], ...]:
        """Every name and alias, with the place it stands for."""
        found: list[tuple[str, Place]] = []
        for estate in self.estates.values():
            here = Place(text=estate.name, id=estate.id, estate=estate.name, confidence=1.0)
            found += [(name, here) for name in (estate.name, *estate.aliases)]
            for mark in estate.landmarks:
                place = self._landmark(estate, mark.name)
                found += [(name, place) for name in (mark.name, *mark.aliases)]
        for (estate_id, number), building in self._buildings.items():
            proper = () if number.isdigit() else (building.name,)
            place = self.compose(estate_id, number)
            found += [(name, place) for name in (*proper, *building.aliases)]
        return tuple(found)

    def _landmark(self, estate: Estate, name: str) -> Place:
        text = name if len(self.estates) == 1 else f"{estate.name}{name}"
        return Place(
            text=text, id=f"{estate.id}/{name}", estate=estate.name, landmark=name, confidence=1.0
        )

    def building(self, estate: str, number: str) -> Building | None:
        return self._buildings.get((estate, number))

    def compose(
        self,
        estate_id: str,
        building: str,
        unit: str | None = None,
        room: str | None = None,
        floor: str | None = None,
        confidence: float = 1.0,
    ) -> Place:
        """The place with its name and id, as far as the building's plan allows it.

        A unit or room that does not exist lowers the confidence and is kept in the text only.
        """
        estate = self.estates[estate_id]
        plan = self.building(estate_id, building)
        words = self.words
        parts = [] if len(self.estates) == 1 else [estate.name]
        parts.append(words.building_name.format(building) if building.isdigit() else building)
        ident = f"{estate_id}/{building}"
        if plan is None:
            confidence = min(confidence, 0.3)
        if unit:
            parts.append(words.unit_name.format(unit))
            if plan and int(unit) <= plan.units and int(unit) > 0:
                ident += f"/{unit}"
            else:
                confidence = min(confidence, 0.4)
        elif plan and plan.units == 1 and room:
            unit = "1"
            ident += "/1"
        if room:
            parts.append(words.room_name.format(room))
            on_floor = int(room[:-2])
            floor = floor or str(on_floor)
            if plan and unit and ident.count("/") == 2 and 0 < on_floor <= plan.floors:
                ident += f"/{room}"
            elif plan and not 0 < on_floor <= plan.floors:
                confidence = min(confidence, 0.5)
        elif floor:
            parts.append(words.floor_name.format(floor))
        return Place(
            text="".join(parts),
            id=ident if plan else None,
            estate=estate.name,
            building=words.building_name.format(building) if building.isdigit() else building,
            unit=words.unit_name.format(unit) if unit else None,
            floor=floor,
            room=room,
            confidence=confidence,
        )

    def place(self, id: str) -> Place | None:
        """The place behind a stable id (`hm`, `hm/3`, `hm/3/2`, `hm/3/2/501`, `hm/东门`)."""
        head, *rest = id.split("/")
        estate = self.estates.get(head)
        if estate is None or len(rest) > 3:
            return None
        if not rest:
            return Place(text=estate.name, id=head, estate=estate.name, confidence=1.0)
        if len(rest) == 1 and any(mark.name == rest[0] for mark in estate.landmarks):
            return self._landmark(estate, rest[0])
        if (head, rest[0]) not in self._buildings:
            return None
        if not all(part.isascii() and part.isdigit() and len(part) < 5 for part in rest[1:]):
            return None
        if len(rest) == 3 and len(rest[2]) < 3:
            return None
        building, unit, room, *_ = (*rest, None, None)
        place = self.compose(head, str(building), unit, room)
        return place if place.id == id else None

    def find(self, text: str, home: Place | None = None, expected: bool = False) -> Place | None:
        """The place meant in `text`; None when it speaks of none.

        home: the resident's known address, for “我家” and “我们楼道”.
        expected: a place was just asked for, so a bare number is a building.
        """
        from flows.understanding.place import find_place

        return find_place(text, self, home, expected)
