"""Prompts to words: to read, and to hear clause by clause."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache, cached_property
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, StrictUndefined, Template, TemplateError, meta, pass_context
from jinja2.runtime import Context
from pydantic import BaseModel, ConfigDict, ValidationError

from flows.channel import Channel
from flows.profile import Profile
from flows.prompt import Prompt
from locales.load import HERE, ProfileError, load_lexicon, read_yaml
from locales.spoken import Spoken

_TWICE = re.compile("([，。？！；：])[，。]+")
"""A worker's note ends with its own full stop, and so does the sentence it stands in."""


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
    ) -> None:
        self.spoken = spoken
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
            "slowly": spoken.slowly if to_hear else str,
            "phone": spoken.phone if to_hear else str,
            "spell": spoken.spell if to_hear else str,
            "clarified": lambda number: spoken.clarified.get(str(number), ""),
            "day": self._day if to_hear else _written_day,
            "moment": self._moment if to_hear else _written_moment,
            "span": spoken.span,
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
        return ("" if channel is Channel.PHONE else "\n").join(part for part in parts if part)

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
            values = self._values(prompt)
            both = zip(self._record(prompt.key), self._hear[prompt.key], strict=True)
            for read, hear in both:
                spoken = self.spoken.speakable(hear.render(values, **here))
                if spoken.strip("，。？！、；："):
                    written = _TWICE.sub(r"\1", read.render(values, **here).strip())
                    found.append((written, spoken))
        return found

    def fixed_clauses(self) -> list[str]:
        """Every clause without per-call values, for synthesis ahead of time; clauses that only
        name a category once for each."""
        environment = self._environment(to_hear=True)
        found: dict[str, None] = {}
        for key, message in self._sources.items():
            for source, template in zip(message.speech, self._hear[key], strict=True):
                wanted = meta.find_undeclared_variables(environment.parse(source))
                per_call = wanted - self._common.keys()
                if not per_call:
                    found[self.spoken.speakable(template.render(self._common))] = None
                elif per_call == {"category"}:
                    for code in self._names:
                        values = {**self._common, "category": code}
                        found[self.spoken.speakable(template.render(values))] = None
                elif per_call == {"digit"}:
                    for digit in self.spoken.numbers.digits:
                        values = {**self._common, "digit": digit}
                        found[self.spoken.speakable(template.render(values))] = None
        return [clause for clause in found if clause.strip("，。？！、；：")]

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
    try:
        return Wording(messages, labels, names, load_spoken(language), profile)
    except TemplateError as error:
        raise ProfileError(f"{source}: 模板写法有误（{error}）；请检查大括号。") from None
