"""What a step expects, as phrases a recogniser can listen for."""

from collections.abc import Iterator
from functools import lru_cache

from flows.community import Community
from flows.expected import Expected
from flows.profile import Estate
from flows.understanding.numbers import in_words

_MOST_BUILDINGS = 120
"""House numbers written out; a grammar puts greater ones together from their parts."""
_MOST_NAMES = 3000
_DOORS = 4


class Phrases:
    """Of one community; made once for each kind of question and kept."""

    def __init__(self, community: Community) -> None:
        self._community = community
        self._words = community.lexicon.expected
        self.of = lru_cache(maxsize=16)(self._of)

    def _of(self, expected: tuple[Expected, ...]) -> tuple[str, ...]:
        """Empty when nothing in particular is expected."""
        found: dict[str, None] = {}
        for one in expected:
            found |= dict.fromkeys(self._some(one))
        return tuple(found)

    def _some(self, one: Expected) -> Iterator[str]:
        if one is Expected.ANSWER:
            yield from self._words.answer
        elif one is Expected.DIGITS:
            yield from self._words.digits
        else:
            yield from self._words.carriers
            yield from self._names()
            yield from self._houses()

    def _names(self) -> Iterator[str]:
        for at, name in enumerate(self._community.gazetteer.spoken_names()):
            if at == _MOST_NAMES:
                return
            yield in_words(name, self._community.lexicon.numbers)

    def _houses(self) -> Iterator[str]:
        """Each pair of neighbours once: a grammar chains them."""
        estates = self._community.profile.places
        houses, units, floors = _sizes(estates)
        words, say, unit_name = self._words, self._say, self._community.lexicon.places.unit_name
        for house in range(1, min(houses, _MOST_BUILDINGS) + 1):
            for kind in words.building:
                yield f"{say(house)}{kind}"
                for unit in range(1, units + 1):
                    yield f"{say(house)}{kind}{unit_name.format(say(unit))}"
        for estate in estates:
            yield from (
                f"{name}{say(house)}"
                for name in (estate.name, *estate.aliases)
                for house in range(1, min(_sizes((estate,))[0], _MOST_BUILDINGS) + 1)
            )
        for floor in range(1, floors + 1):
            for door in range(1, _DOORS + 1):
                for room in self._rooms(floor, door):
                    yield room
                    yield self._community.lexicon.places.room_name.format(room)
                    for unit in range(1, units + 1):
                        yield f"{unit_name.format(say(unit))}{room}"

    def _say(self, number: int) -> str:
        return in_words(str(number), self._community.lexicon.numbers)

    def _rooms(self, floor: int, door: int) -> set[str]:
        """二零一, 两百零一, 幺零幺."""
        numbers = self._community.lexicon.numbers
        chars: dict[int, list[str]] = {}
        for char, digit in numbers.digits.items():
            chars.setdefault(digit, []).append(char)
        plain = in_words(f"{floor}{door:02}", numbers)
        found = {plain.replace(self._say(1), one) for one in chars[1]}
        if floor < 10:
            rest = f"{numbers.hundred[0]}{plain[1:]}"
            found |= {f"{hundreds}{rest}" for hundreds in chars[floor]}
        return found


def _sizes(estates: tuple[Estate, ...]) -> tuple[int, int, int]:
    """Houses, units of a house, floors: the most there are."""
    plans = [estate.all_buildings() for estate in estates]
    every = [plan for buildings in plans for plan in buildings]
    return (
        max(map(len, plans), default=0),
        max((plan.units for plan in every), default=0),
        max((plan.floors for plan in every), default=0),
    )
