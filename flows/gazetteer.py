"""The community's places: which there are, what they are called, and what their ids are."""

from collections.abc import Iterator
from itertools import islice

from flows.lexicon import NumberWords, PlaceWords
from flows.profile import Building, BuildingRange, Estate, Profile
from flows.report import Place
from flows.understanding.names import NameIndex
from flows.understanding.normalise import normalise
from flows.understanding.numbers import symbol, value
from flows.understanding.place import find_place

_DOORS = 4
"""On a floor of one staircase; more is rare where lifts are."""


class Gazetteer:
    """Estates, buildings, units and landmarks of one community. Immutable once built.

    Building it takes about 30 µs a name; a range of buildings costs nothing.
    """

    def __init__(self, profile: Profile, places: PlaceWords, numbers: NumberWords) -> None:
        self.words = places
        self.numbers = numbers
        self.estates: dict[str, Estate] = {estate.id: estate for estate in profile.places}
        self._listed: dict[tuple[str, str], Building] = {}
        for estate in profile.places:
            if not isinstance(estate.buildings, BuildingRange):
                for building in estate.buildings:
                    self._listed[estate.id, self._number_of(building.name)] = building
        self._landmarks = {
            (estate.id, mark.name) for estate in profile.places for mark in estate.landmarks
        }
        outdoor = set(places.outdoor)
        self._ends: dict[str, set[str]] = {}
        for estate in profile.places:
            for mark in estate.landmarks:
                for name in (mark.name, *mark.aliases):
                    for at in range(len(name)):
                        if name[at:] in outdoor:
                            id = f"{estate.id}/{mark.name}"
                            self._ends.setdefault(name[at:], set()).add(id)
        self.shorts: set[str] = set()
        """What is left of estates' names without their kind: they only help with what is there."""
        self.names = NameIndex(self._names(), places, numbers)

    @property
    def only_estate(self) -> str | None:
        """The estate that goes without saying."""
        return next(iter(self.estates)) if len(self.estates) == 1 else None

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

    def _names(self) -> dict[str, tuple[str, ...]]:
        """Every name and alias in its plain form, and the ids of the places that bear it."""
        found: dict[str, dict[str, None]] = {}
        for name, id in self._named():
            plain = normalise(name, "|")
            if plain:
                found.setdefault(plain, {})[id] = None
        for estate in self.estates.values():
            for mark in estate.landmarks:
                for name in (mark.name, *mark.aliases):
                    # A gate of many estates is found by both names together, however misheard.
                    if len(found.get(normalise(name, "|"), ())) > 1:
                        both = normalise(estate.name + name, "|")
                        found.setdefault(both, {})[f"{estate.id}/{mark.name}"] = None
        return {name: tuple(ids) for name, ids in found.items()}

    def spoken_names(self) -> tuple[str, ...]:
        """Every name and alias as written, each once: what a listener should know."""
        return tuple(dict.fromkeys(name for name, _ in self._named()))

    def _named(self) -> Iterator[tuple[str, str]]:
        for estate in self.estates.values():
            for name in (estate.name, *estate.aliases):
                yield name, estate.id
                short = self._short(name)
                if short and not self.only_estate:
                    self.shorts.add(short)
                    yield short, estate.id
            for mark in estate.landmarks:
                side = mark.name[0] if mark.name[1:] in self.words.gates else ""
                gates = (form.format(side) for form in self.words.gate_forms) if side else ()
                for name in (mark.name, *mark.aliases, *gates):
                    yield name, f"{estate.id}/{mark.name}"
        for (estate_id, number), building in self._listed.items():
            proper = () if number.isdigit() else (building.name,)
            for name in (*proper, *building.aliases):
                yield name, f"{estate_id}/{number}"

    def _short(self, name: str) -> str:
        """“德胜新村” → “德胜”: people leave out what kind of estate it is."""
        kind = next((kind for kind in self.words.estate_kinds if name.endswith(kind)), "")
        return name.removesuffix(kind) if kind and len(name) - len(kind) >= 2 else ""

    def usual(self, most: int = 1500) -> tuple[str, ...]:
        """What residents name most, as written: landmarks, buildings and units, up to `most`, then
        spots and rooms (behind one house, for they are called the same behind all)."""
        houses: list[str] = []
        rooms: dict[str, str] = {}
        for estate in self.estates.values():
            houses += [self._landmark(estate, mark.name).text for mark in estate.landmarks]
        for estate in self.estates.values():
            for plan in estate.all_buildings():
                if len(houses) >= most:
                    break
                number = self._number_of(plan.name)
                doors = [None, *(str(1 + unit) for unit in range(plan.units))]
                houses += [self.compose(estate.id, number, door).text for door in doors]
                for floor in range(1, plan.floors + 1):
                    for door in range(1, _DOORS + 1):
                        room = f"{floor}{door:02}"
                        rooms.setdefault(room, self.compose(estate.id, number, "1", room).text)
        spots = [house + spot for house in houses[-1:] for spot in self.words.indoor]
        return (*houses, *spots, *rooms.values())

    def building(self, estate: str, number: str) -> Building | None:
        """The building's plan; None when there is no such building."""
        listed = self._listed.get((estate, number))
        if listed or estate not in self.estates:
            return listed
        plan = self.estates[estate].buildings
        if not isinstance(plan, BuildingRange) or not (number.isascii() and number.isdigit()):
            return None
        known = number == str(int(number)) and 0 < int(number) <= plan.count
        return plan.one(int(number)) if known else None

    def estates_with(self, building: str, most: int) -> list[str]:
        """Up to `most` estates that have a building of this number."""
        return list(islice((e for e in self.estates if self.building(e, building)), most))

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
        name = words.building_name.format(building) if building.isdigit() else building
        if plan:
            name = plan.name
        else:
            confidence = min(confidence, 0.3)
        parts = [name] if self.only_estate else [estate.name, name]
        ident = f"{estate_id}/{building}"
        if unit:
            parts.append(words.unit_name.format(unit))
            if plan and 0 < int(unit) <= plan.units:
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
            building=name,
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
        if (head, id.removeprefix(f"{head}/")) in self._landmarks:
            return self._landmark(estate, id.removeprefix(f"{head}/"))
        if self.building(head, rest[0]) is None:
            return None
        if not all(part.isascii() and part.isdigit() and len(part) < 5 for part in rest[1:]):
            return None
        if len(rest) == 3 and len(rest[2]) < 3:
            return None
        building, unit, room, *_ = (*rest, None, None)
        place = self.compose(head, str(building), unit, room)
        return place if place.id == id else None

    def _landmark(self, estate: Estate, name: str) -> Place:
        alone = self.only_estate or name.startswith(estate.name)
        return Place(
            text=name if alone else f"{estate.name}{name}",
            id=f"{estate.id}/{name}",
            estate=estate.name,
            landmark=name,
            confidence=1.0,
        )

    def landmark_ending(self, word: str, estate: str | None) -> Place | None:
        """The only landmark, of one estate if that is known, whose name ends so (“食堂”)."""
        found = self._ends.get(word, set())
        if estate:
            found = {id for id in found if id.startswith(f"{estate}/")}
        return self.place(next(iter(found))) if len(found) == 1 else None

    def find(
        self,
        text: str,
        home: Place | None = None,
        expected: bool = False,
        near: Place | None = None,
    ) -> Place | None:
        """The place meant in `text`; None when it speaks of none.

        home: the resident's known address, for “我家” and “我们楼道”.
        expected: a place was just asked for, so a bare number is a building.
        near: the place spoken of so far: a unit, floor or room without its house is there.
        """
        return find_place(text, self, home, expected, near)
