"""Dialogues as files: resident lines in, what is said and done out."""

import re
from collections.abc import Iterator
from datetime import timedelta

from flows.channel import Channel
from flows.community import Community
from flows.conversation import Conversation, Turn
from flows.effects import Effect, FindTicket
from flows.heard import Heard, HeardKind, Known, Standing, TicketView
from flows.step import begin, step
from flows.ticket_number import ticket_number
from locales.wording import Wording
from tests.flows.conftest import AT


class Script:
    """Plays the resident's lines of a dialogue file and writes the whole dialogue.

    `@ channel: phone`, `@ phone: 138…`, `@ home: hm/3/2/501`, `@ person: yes`, `@ consent: ask`,
    and `@ ticket: NUMBER STATE CATEGORY PLACE [NOTE]` set the scene (anywhere: from there on).
    `@ unheard: N`: so many clauses had not been heard when the next lines are said.
    `< words` is said or typed, `< words ~0.2 6` heard with that confidence and so many dB over
    the noise; `< [key 1]`, `< [silence]`, `< [opened]`, … are other inputs.
    """

    def __init__(self, community: Community, wording: Wording) -> None:
        self.community = community
        self.wording = wording
        self.conversation: Conversation | None = None
        self.channel = Channel.PHONE
        self.known = Known()
        self.turns = 0
        self.unheard = 0

    def play(self, source: str) -> str:
        return "\n".join(self._lines(source)) + "\n"

    def _lines(self, source: str) -> Iterator[str]:
        for line in source.splitlines():
            if line.startswith(("#", "@")) or not line.strip():
                yield line
                if line.startswith("@"):
                    self._set(*re.split(r":\s*", line[1:].strip(), maxsplit=1))
            elif line.startswith("<"):
                yield line
                yield from self._turn(line[1:].strip())

    def _set(self, name: str, value: str) -> None:
        if name == "channel":
            self.channel = Channel(value)
            return
        if name == "unheard":
            self.unheard = int(value)
            return
        if name == "phone":
            change: dict[str, object] = {"phone": value}
        elif name == "home":
            change = {"address": self.community.gazetteer.place(value)}
        elif name == "same":
            number, category = value.split()
            change = {"same": Standing(number=number, category=category)}
        elif name == "person":
            change = {"person_available": value == "yes"}
        elif name == "consent":
            change = {"ask_consent": value == "ask"}
        else:
            number, state, category, place, *note = value.split(" ", 4)
            view = TicketView(
                number=number,
                state=state,
                category=category,
                place=place,
                updated=AT - timedelta(days=1),
                note=" ".join(note),
            )
            change = {"tickets": (view, *self.known.tickets)}
        self.known = self.known.model_copy(update=change)

    def _turn(self, said: str) -> Iterator[str]:
        self.turns += 1
        conversation = self.conversation or begin("c1", self.channel)
        heard = Heard(
            at=AT,
            number=ticket_number(20000 + self.turns),
            known=self.known,
            unheard=self.unheard,
            **_input(said, self.channel),
        )
        turn = step(conversation, heard, self.community)
        effects = list(turn.effects)
        for effect in turn.effects:
            if isinstance(effect, FindTicket):
                found = tuple(t for t in self.known.tickets if t.number == effect.number)
                known = self.known.model_copy(update={"tickets": found})
                answer = Heard(kind=HeardKind.FOUND, at=AT, number=heard.number, known=known)
                turn = step(turn.conversation, answer, self.community)
                effects += turn.effects
        self.conversation = turn.conversation
        yield from self._say(turn)
        yield from (f"  ! {summary(effect)}" for effect in effects)
        yield f"  = {turn.conversation.step.value}"

    def _say(self, turn: Turn) -> Iterator[str]:
        if self.channel is Channel.PHONE:
            for clause in self.wording.speech(turn.say):
                yield f"  > {clause}"
        else:
            for line in self.wording.text(turn.say, self.channel).splitlines():
                yield f"  > {line}"


def _input(said: str, channel: Channel) -> dict[str, object]:
    special = re.fullmatch(r"\[(\w+)(?: (.+))?\]", said)
    if not special:
        kind = HeardKind.SPEECH if channel is Channel.PHONE else HeardKind.TEXT
        if badly := re.fullmatch(r"(.+) ~([\d.]+) (\d+)", said):
            snr, strange = float(badly[3]), float(badly[3]) >= 20 and len(badly[1]) >= 8
            how = {"confidence": float(badly[2]), "snr": snr, "strange": strange}
            return {"kind": HeardKind.SPEECH, "text": badly[1], "recording": "r1", **how}
        return {"kind": kind, "text": said}
    kind, value = HeardKind(special[1]), special[2] or ""
    if kind is HeardKind.KEY:
        return {"kind": kind, "key": value}
    if kind in (HeardKind.UNCLEAR, HeardKind.PICTURE):
        return {"kind": kind, "recording": value or "r1"}
    return {"kind": kind, "text": value}


def summary(effect: Effect) -> str:
    """One line of what an effect wants done."""
    words: list[str] = [effect.kind]
    for name in ("reason", "number", "solved", "pace", "text"):
        value = getattr(effect, name, None)
        if value is not None and value != "":
            words.append(str(getattr(value, "value", value)))
    report = getattr(effect, "report", None)
    if report is not None:
        place = report.place
        words.append(report.category.code if report.category else "-")
        words.append(f"{place.text}({place.id or '?'})" if place else "-")
        words.append(report.urgency.value)
        words.append(report.phone or "-")
        words.append(f"“{report.description}”")
        words += report.attachments
    return " ".join(words)
