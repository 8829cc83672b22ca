"""Prompts to words: to read, and to hear clause by clause."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache, cached_property, partial
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from jinja2 import Environment, StrictUndefined, Template, TemplateError, meta, pass_context
from jinja2.runtime import Context
from pydantic import BaseModel, ConfigDict, ValidationError

from flows.channel import Channel
from flows.lexicon import PlaceWords
from flows.profile import Profile
from flows.prompt import Prompt
from locales.load import HERE, ProfileError, load_lexicon, read_yaml
from locales.spoken import Spoken

_TWICE = re.compile("([，。？！；：])[，。]+")
"""A worker's note ends with its own full stop, and so does the sentence it stands in."""
_SEAM = "｜"
"""Where a clause that holds a place is taken apart."""
_MARKS = "，。？！、；："


class Message(BaseModel):
    """One entry of `messages.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    speech: tuple[str, ...] = ()
    """Clauses to hear, each a template; one that renders empty is left out."""
    text: str = ""
    """To read; empty: the clauses joined."""


class Wording:
    """All messages of a language for one community. Built by `load_wording`."""

    def __init__(
        self,
        messages: dict[str, Message],
        labels: dict[str, dict[str, str]],
        spoken_names: dict[str, str],
        spoken: Spoken,
        profile: Profile,
        house: str,
        first: Sequence[str],
    ) -> None:
        """house: a pattern for building and unit in a written place. first: what is said first."""
        self.spoken = spoken
        self._house = re.compile(house)
        self._first = first
        self._labels = labels
        self._names = spoken_names
        self._zone = ZoneInfo(profile.timezone)
        self._common = {"community": profile.name, "hotline": profile.hotline}
        reading = self._environment(to_hear=False)
        hearing = self._environment(to_hear=True)
        self._sources = messages
        self._hear = {
            key: tuple(hearing.from_string(clause) for clause in message.speech)
            for key, message in messages.items()
        }
        self._read = {
            key: reading.from_string(message.text or "".join(message.speech))
            for key, message in messages.items()
        }

    def _environment(self, to_hear: bool) -> Environment:
        # Nothing is escaped here: the text goes to voices and chats, pages escape it themselves.
        environment = Environment(  # noqa: S701
            undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        spoken = self.spoken

        def label(code: str, kind: str) -> str:
            return self.label(kind, code)

        filters: dict[str, Any] = {
            "label": label,
            "named": lambda code: self._names.get(code, ""),
            "ticket": spoken.ticket if to_hear else str,
            "phone": spoken.phone if to_hear else str,
            "spell": spoken.spell if to_hear else str,
            "clarified": lambda number: spoken.clarified.get(str(number), ""),
            "day": self._day if to_hear else _written_day,
            "moment": self._moment if to_hear else _written_moment,
            "span": spoken.span,
            "apart": partial(self._apart, pause="，" if to_hear else ""),
        }
        environment.filters.update(filters)
        return environment

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(self._sources)

    def label(self, kind: str, code: str) -> str:
        """The name people see for a code; the code itself when there is none.

        kind: `category`, `state`, `urgency`, `channel`, `role`, `organisation`, `callback`.
        """
        return self._labels.get(kind, {}).get(code, code)

    def text(self, prompts: Sequence[Prompt], channel: Channel) -> str:
        """The whole reply to read, a paragraph a prompt; on the phone, what was said."""
        parts = []
        for prompt in prompts:
            if channel is Channel.PHONE and self._hear[prompt.key]:
                values = self._values(prompt)
                parts.append("".join(t.render(values) for t in self._record(prompt.key)))
            else:
                parts.append(self._read[prompt.key].render(self._values(prompt)).strip())
        told = ("" if channel is Channel.PHONE else "\n").join(part for part in parts if part)
        return told.replace(_SEAM, "")

    def speech(self, prompts: Sequence[Prompt], now: datetime | None = None) -> tuple[str, ...]:
        """Clauses to hear, each complete and speakable: no figures, no Latin letters.

        now: aware; days near it are said as “昨天”, “上个礼拜三”.
        """
        return tuple(spoken for _, spoken in self.along(prompts, now))

    def along(
        self, prompts: Sequence[Prompt], now: datetime | None = None
    ) -> list[tuple[str, str]]:
        """Each clause to hear, with its form to read along: “3幢2单元” beside “三幢二单元”."""
        here = {"now": now and now.astimezone(self._zone).replace(tzinfo=None)}
        found = []
        for prompt in prompts:
            values = {**self._values(prompt), **here}
            both = zip(self._record(prompt.key), self._hear[prompt.key], strict=True)
            for read, hear in both:
                parts = read.render(values).split(_SEAM), hear.render(values).split(_SEAM)
                for shown, said in zip(*parts, strict=True):
                    spoken = self.spoken.speakable(said)
                    if spoken.strip(_MARKS):
                        found.append((_TWICE.sub(r"\1", shown.strip()), spoken))
        return found

    def _apart(self, place: str, pause: str) -> str:
        """House and unit are a clause of their own, known beforehand; room and spot the next."""
        return self._house.sub(rf"\g<0>{pause}{_SEAM}", place, count=1)

    def first_clauses(self) -> list[str]:
        """What nearly every call needs, for synthesis before the first one."""
        return [clause for needed, clause in self._known(()) if needed == 0]

    def fixed_clauses(self, places: Sequence[str] = ()) -> list[str]:
        """Every clause that is known before anybody calls, the most needed ones first.

        places: as the gazetteer writes them.
        """
        return [clause for _, clause in self._known(places)]

    def _known(self, places: Sequence[str]) -> list[tuple[int, str]]:
        """Each clause whose values can be counted out, with how soon it is needed: 0 first."""
        environment = self._environment(to_hear=True)
        categories = [*self._names]
        counted: dict[str, Sequence[str]] = {
            "place": places,
            "category": categories,
            **dict.fromkeys(("first", "second", "third"), categories),
            "digit": [*self.spoken.numbers.digits],
            "building": [*self.spoken.clarified],
            "state": [*self._labels.get("state", {})],
        }
        found: dict[str, int] = {}
        for key, message in self._sources.items():
            for source, template in zip(message.speech, self._hear[key], strict=True):
                names = meta.find_undeclared_variables(environment.parse(source))
                free = names - self._common.keys()
                if len(free) > 1 or not free <= counted.keys():
                    continue
                name = next(iter(free), "")
                needed = 1 if name == "place" else 0 if key in self._first else 3 if name else 2
                for value in counted[name] if name else ("",):
                    for part in template.render({**self._common, name: value}).split(_SEAM):
                        clause = self.spoken.speakable(part)
                        if clause.strip(_MARKS):
                            found[clause] = min(needed, found.get(clause, needed))
        return sorted(
            ((needed, clause) for clause, needed in found.items()), key=lambda each: each[0]
        )

    @pass_context
    def _day(self, context: Context, iso: str) -> str:
        return self.spoken.day(iso, context.get("now"))

    @pass_context
    def _day_along(self, context: Context, iso: str) -> str:
        """As it is heard, where it is known from when; else a date to keep."""
        return self.spoken.day(iso, context["now"]) if context.get("now") else _written_day(iso)

    @pass_context
    def _moment(self, context: Context, iso: str) -> str:
        return self.spoken.moment(iso, context.get("now"))

    def _values(self, prompt: Prompt) -> dict[str, str | int]:
        return {"url": "", **self._common, **prompt.values}

    def _record(self, key: str) -> tuple[Template, ...]:
        return self._for_record[key]

    @cached_property
    def _for_record(self) -> dict[str, tuple[Template, ...]]:
        reading = self._environment(to_hear=False)
        reading.filters["day"] = self._day_along
        return {
            key: tuple(reading.from_string(clause) for clause in message.speech)
            for key, message in self._sources.items()
        }


def _written_day(iso: str) -> str:
    try:
        at = date.fromisoformat(iso[:10])
    except ValueError:
        return iso
    return f"{at.month}月{at.day}日"


def _written_moment(iso: str) -> str:
    try:
        at = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{at.month}月{at.day}日 {at:%H:%M}"


@cache
def load_spoken(language: str = "zh_CN") -> Spoken:
    """How data is said in a language."""
    return Spoken.model_validate(read_yaml(HERE / language / "spoken.yaml"))


def _house(words: PlaceWords) -> str:
    """Building and, if it is there, unit, when something follows them."""
    building, unit = (
        rf"\d+(?:{'|'.join(map(re.escape, kinds))})" for kinds in (words.building, words.unit)
    )
    return f"{building}(?:{unit}|(?!{unit}))(?=.)"


def load_wording(profile: Profile, language: str = "zh_CN") -> Wording:
    """Raises `ProfileError` naming the message that cannot be used."""
    folder = HERE / language
    source = folder / "messages.yaml"
    messages: dict[str, Message] = {}
    for key, value in read_yaml(source).items():
        try:
            messages[key] = Message.model_validate(value)
        except ValidationError as error:
            problem = error.errors()[0]["msg"]
            raise ProfileError(f"{source}: “{key}”有误：{problem}。") from None
    lexicon = load_lexicon(language)
    labels = dict(read_yaml(folder / "labels.yaml"))
    labels["category"] = {code: words.label for code, words in lexicon.categories.items()}
    names = {code: words.spoken for code, words in lexicon.categories.items()}
    first: list[str] = yaml.safe_load((folder / "said_first.yaml").read_text("utf-8"))
    house = _house(lexicon.places)
    try:
        return Wording(messages, labels, names, load_spoken(language), profile, house, first)
    except TemplateError as error:
        raise ProfileError(f"{source}: 模板写法有误（{error}）；请检查大括号。") from None
