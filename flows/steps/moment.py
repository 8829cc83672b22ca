"""One turn being taken: what every step works with, and how it hands its result back."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from flows.channel import Channel
from flows.community import Community
from flows.conversation import Conversation, StepName, Turn
from flows.effects import Effect
from flows.heard import Heard, HeardKind
from flows.prompt import Prompt
from flows.understanding.heard_twice import understand_twice
from flows.understanding.understanding import Intent, Understanding

_WORDS = (HeardKind.SPEECH, HeardKind.TEXT)


@dataclass(frozen=True)
class Moment:
    now: Conversation
    """The conversation so far; `with_` moves it on within the turn."""
    heard: Heard
    community: Community
    said_before: tuple[Prompt, ...] = ()
    """Prompts to come before whatever the turn ends up saying."""

    @cached_property
    def understood(self) -> Understanding:
        if self.heard.kind not in _WORDS:
            return Understanding(text="")
        return understand_twice(
            self.heard.text,
            asked=ASKED.get(self.now.step),
            community=self.community,
            at=self.heard.at,
            alternatives=self.heard.alternatives,
            prompted=self.heard.prompted,
            confidence=self.heard.confidence,
            home=self.heard.known.address,
            near=self.now.report.place,
        )

    @property
    def has_words(self) -> bool:
        return self.heard.kind in _WORDS and bool(self.understood.text)

    @property
    def on_phone(self) -> bool:
        return self.now.channel is Channel.PHONE

    @property
    def number(self) -> str:
        """Of the conversation's draft or ticket; the free one offered if it has none yet."""
        return self.now.number or self.heard.number

    @property
    def answer(self) -> str | None:
        """`yes`, `no` or None: keys 1 and 2 mean the same as the words."""
        if self.heard.kind is HeardKind.KEY:
            return {"1": "yes", "2": "no"}.get(self.heard.key)
        return self.understood.yes_no

    @property
    def picked(self) -> str | None:
        """Which of the offered choices was picked, by key or by position."""
        at = self.understood.choice
        if self.heard.kind is HeardKind.KEY and self.heard.key.isdigit():
            at = int(self.heard.key) - 1
        if at is None or not 0 <= at < len(self.now.choices):
            return None
        return self.now.choices[at]

    def wants(self, *intents: Intent) -> bool:
        return self.understood.intent in intents

    def with_(self, **changes: Any) -> "Moment":
        """The same turn with the conversation moved on; what was understood is kept."""
        moved = replace(self, now=self.now.model_copy(update=changes))
        moved.__dict__["understood"] = self.understood
        return moved

    def saying(self, *prompts: Prompt) -> "Moment":
        """The same turn, with these to be said first."""
        moved = replace(self, said_before=(*self.said_before, *prompts))
        moved.__dict__["understood"] = self.understood
        return moved

    def go(
        self, to: StepName, *prompts: Prompt, effects: tuple[Effect, ...] = (), **changes: Any
    ) -> Turn:
        """End the turn at a step, having got on: failures are forgotten."""
        fresh = {"failures": 0, "silences": 0, "digits": "", "choices": ()}
        return Turn(
            conversation=self.now.model_copy(update={"step": to, **fresh, **changes}),
            say=(*self.said_before, *prompts),
            effects=effects,
        )

    def stay(self, *prompts: Prompt, effects: tuple[Effect, ...] = (), **changes: Any) -> Turn:
        """End the turn at the same step, with whatever was counted and offered kept."""
        return Turn(
            conversation=self.now.model_copy(update={"silences": 0, **changes}),
            say=(*self.said_before, *prompts),
            effects=effects,
        )


ASKED: dict[StepName, str | None] = {
    StepName.OPENING: None,
    StepName.PROBLEM: "problem",
    StepName.PLACE: "place",
    StepName.URGENCY: "urgency",
    StepName.CONTACT: "contact",
    StepName.READBACK: "readback",
    StepName.SAME: "readback",
    StepName.VERDICT: "verdict",
    StepName.RESUME: "resume",
    StepName.CONSENT: "resume",
    StepName.FILED: "filed",
    StepName.PERSON: "filed",
    StepName.EMERGENCY: "emergency",
}
"""What a step has asked, in the words of `understand()`."""
