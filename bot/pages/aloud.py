"""A ticket's state as sound for the page: the same clauses a caller hears on the phone."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.services import Services
from bot.storage.tables import Ticket
from flows.prompt import Prompt
from voice.codecs import encode_mp3, resample
from voice.sound import Sound
from voice.synthesis.protocol import Synthesiser

PAUSE = 0.35
"""Seconds between clauses: pauses help old listeners more than slower speech (facts.md)."""


def status_clauses(ticket: Ticket, services: Services) -> tuple[str, ...]:
    """What a caller who asks for this ticket hears."""
    profile = services.community.profile
    prompt = Prompt(
        key="status.is",
        values={
            "number": ticket.number,
            "category": ticket.category,
            "place": ticket.place,
            "state": ticket.state,
            "note": ticket.note,
            "date": ticket.updated.astimezone(ZoneInfo(profile.timezone)).date().isoformat(),
            "url": "",
            "community": profile.name,
            "hotline": profile.hotline,
        },
    )
    return services.wording.speech([prompt], datetime.now(UTC))


def aloud(clauses: Sequence[str], synthesiser: Synthesiser) -> bytes:
    """The clauses as one MP3. Blocking, seconds long for a clause that was never spoken before.

    Raises `SynthesisError` when a clause could not be spoken.
    """
    sounds = [synthesiser.speak(clause) for clause in clauses]
    rate = sounds[0].rate if sounds else 16000
    gap = bytes(2 * int(rate * PAUSE))
    pcm = gap.join(resample(sound, rate).pcm for sound in sounds)
    return encode_mp3(Sound(pcm + gap, rate))
