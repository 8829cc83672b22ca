"""What residents really hear, by kind, from the wording and the demo community."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from flows.community import Community
from flows.prompt import Prompt
from locales.wording import Wording

_NOTES = (
    "王师傅明天上午来", "李师傅下午到您家", "配件到了就换", "张阿姨会打您电话", "请您晚上在家等",
    "小陈已经去看过了", "赵师傅礼拜三来修", "周主任说先断电",
)  # fmt: skip
_FIXED = (
    "greeting", "problem", "place", "urgency", "contact", "filed.more", "unclear", "silence",
    "person.promised", "keys.talk", "keys.yes_no", "keys.place", "goodbye.filed", "verdict",
    "emergency.gas", "emergency.unsure", "listening", "status", "pace.slow", "machine",
)  # fmt: skip

_VARYING = {
    "read-back": slice(2, -1),
    "place": slice(0, -1),
    "ticket": slice(1, None),
    "status, date": slice(None),
    "note, name": slice(-1, None),
    "telephone": slice(0, 1),
    "fixed": slice(None),
}
"""Of the clauses of a kind, those that hold its values."""


@dataclass(frozen=True)
class Sentence:
    kind: str
    clauses: tuple[str, ...]
    """As a call says them: one after the other, a pause between. What is the same in every call is
    left out, but of the kind that is nothing else."""

    @property
    def text(self) -> str:
        return "".join(self.clauses)


def sentences(community: Community, wording: Wording, count: int) -> list[Sentence]:
    """`count` sentences, all kinds in turn; the same ones at every run."""
    dice = random.Random(3)
    kinds = dict(_kinds(community, dice))
    found: dict[Sentence, None] = {}
    while len(found) < count:
        for kind, prompt in kinds.items():
            found[Sentence(kind, wording.speech([prompt()])[_VARYING[kind]])] = None
    return list(found)[:count]


def numbers(wording: Wording, count: int) -> Iterator[tuple[str, Sentence]]:
    """Ticket numbers with what is said of them, by turns as they are said first and again."""
    dice = random.Random(5)
    for turn in range(count):
        number = _number(dice)
        key = "filed.again" if turn % 2 else "filed"
        clauses = wording.speech([Prompt(key=key, values={"number": number})])
        yield number, Sentence("number", clauses[-1:])


def _number(dice: random.Random) -> str:
    return str(dice.randrange(100_000, 1_000_000))


def _kinds(community: Community, dice: random.Random) -> Iterator[tuple[str, Callable[[], Prompt]]]:
    estate = community.profile.places[0]
    categories = sorted(community.lexicon.categories)

    def place() -> str:
        building = dice.choice(estate.all_buildings())
        room = f"{dice.randint(1, building.floors)}0{dice.randint(1, 4)}室"
        unit = f"{dice.randint(1, building.units)}单元"
        return building.name + dice.choice((unit, unit + room, unit + "楼道", "电梯里"))

    def status() -> dict[str, str | int]:
        day = date(2026, 11, 23) - timedelta(days=dice.randrange(360))
        state = dice.choice(("open", "assigned", "in_progress", "resolved", "closed"))
        return {
            "number": _number(dice), "category": dice.choice(categories), "place": place(),
            "state": state, "note": "", "date": day.isoformat(),
        }  # fmt: skip

    def readback() -> Prompt:
        where = place()
        building = where.split("幢")[0]
        return Prompt(
            key="readback",
            values={
                "place": where, "category": dice.choice(categories[:-1]), "words": "",
                "building": building if building in ("4", "10", "14") else "", "phone": "",
            },
        )  # fmt: skip

    yield "read-back", readback
    yield "place", lambda: Prompt(key="place.home", values={"place": place()})
    yield "ticket", lambda: Prompt(key="filed", values={"number": _number(dice)})
    yield "status, date", lambda: Prompt(key="status.is", values=status())
    yield (
        "note, name",
        lambda: Prompt(key="status.is", values=status() | {"note": dice.choice(_NOTES)}),
    )
    yield (
        "telephone",
        lambda: Prompt(key="contact.thanks", values={"phone": f"13{dice.randrange(10**8, 10**9)}"}),
    )
    yield "fixed", lambda: Prompt(key=dice.choice(_FIXED))
