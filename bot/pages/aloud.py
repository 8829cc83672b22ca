"""A ticket's state as sound for the page: the same clauses a caller hears on the phone."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import BoundedSemaphore
from zoneinfo import ZoneInfo

from bot.pages.errors import Refused
from bot.services import Services
from bot.storage.tables import Ticket
from bot.tickets.joined import standing_for
from flows.prompt import Prompt
from locales.spoken import Spoken
from voice.codecs import encode_mp3, resample
from voice.sound import Sound
from voice.synthesis.pauses import after
from voice.synthesis.protocol import Synthesiser

WAIT = 20.0
"""Seconds a listener waits for others to be served first."""
_turn = BoundedSemaphore(2)
"""Synthesis takes a core for seconds: two at once, so that calls keep their own."""


@dataclass(frozen=True)
class Chapter:
    """A stretch of the sound and what is said in it, as it is read."""

    text: str
    start: float
    """Seconds."""
    end: float


@contextmanager
def turn() -> Iterator[None]:
    """While a page has something spoken. Raises `Refused` 503 when too many want that."""
    if not _turn.acquire(timeout=WAIT):
        raise Refused(503, "status.busy")
    try:
        yield
    finally:
        _turn.release()


def status_lines(
    ticket: Ticket, services: Services, *, note: str | None = None
) -> list[tuple[str, str]]:
    """What a caller who asks for this ticket hears, clause by clause: to read, and to hear.

    note: in place of the ticket's own. Of a merged ticket it is the one that stands for it.
    """
    with services.database.read() as session:
        standing = standing_for(session, ticket)
    profile = services.community.profile
    prompt = Prompt(
        key="status.is",
        values={
            "number": ticket.number,
            "category": ticket.category,
            "place": ticket.place,
            "state": standing.state,
            "note": standing.note if note is None else note,
            "date": standing.updated.astimezone(ZoneInfo(profile.timezone)).date().isoformat(),
            "url": "",
            "community": profile.name,
            "hotline": profile.hotline,
        },
    )
    return services.wording.along([prompt], datetime.now(UTC))


def aloud(clauses: Sequence[str], synthesiser: Synthesiser) -> bytes:
    """The clauses as one MP3. Blocking, seconds long for a clause that was never spoken before.

    Raises `SynthesisError` when a clause could not be spoken.
    """
    sounds = _spoken(clauses, synthesiser)
    rate = sounds[0].rate if sounds else 16000
    pcm = b"".join(
        sound.pcm + bytes(2 * int(rate * after(clause)))
        for clause, sound in zip(clauses, sounds, strict=True)
    )
    return encode_mp3(Sound(pcm, rate))


def chapters(
    lines: Sequence[tuple[str, str]], synthesiser: Synthesiser, spoken: Spoken
) -> list[Chapter]:
    """When each part of what `aloud` makes is heard.

    A clause's time is that of its sound; between its commas it is divided by the syllables.
    """
    found, at = [], 0.0
    sounds = _spoken([clause for _, clause in lines], synthesiser)
    for (written, clause), sound in zip(lines, sounds, strict=True):
        parts = re.findall(r"[^，。？！；：]+[，。？！；：”]*", written) or [written]
        sizes = [len(spoken.speakable(part)) + 1 for part in parts]
        for part, size in zip(parts, sizes, strict=True):
            end = at + sound.seconds * size / sum(sizes)
            found.append(Chapter(part, round(at, 2), round(end, 2)))
            at = end
        at += after(clause)
    return found


def _spoken(clauses: Sequence[str], synthesiser: Synthesiser) -> list[Sound]:
    sounds = [synthesiser.speak(clause) for clause in clauses]
    return [resample(sound, sounds[0].rate) for sound in sounds]
