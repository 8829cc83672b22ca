"""How long to wait for a resident: by what was asked, by what they have said so far, and by how
they speak."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flows.community import Community
from flows.completeness import Completeness, completeness
from flows.conversation import StepName
from flows.effects import Pace


@dataclass(frozen=True, slots=True)
class Wait:
    """Seconds of silence after the words so far."""

    end: float
    """…that end the turn."""
    nod: float | None = None
    """…after which a soft “嗯” says that somebody listens, while the turn goes on; None: the reply
    comes soon enough."""
    whole: bool = False
    """Nothing more is expected: what is said next is about something else."""


@dataclass(frozen=True, slots=True)
class Patience:
    silence: float
    """Seconds. Nothing said at all after a prompt."""
    wait: Callable[[str], Wait]
    """Of the words so far."""


LONGEST_TURN = 240.0
"""Seconds; then what was said is answered, and the resident may go on. Three minutes of talk is one
story."""

# No single silence will do: old people think for up to 2.5 s between two clauses, and a line that
# is mute for more than 1.5 s seems dead. So, as a person at the telephone does it, two stages: a
# “嗯” where the answer may have ended, the reply where it has; only who has said all of it is
# answered at once. The voice detector adds about 0.15 s. `make bench-patience` shows what each
# brings.
_WAIT = {
    Completeness.WHOLE: 0.6,
    Completeness.OPEN: 2.6,
    Completeness.PART: 2.7,
    Completeness.UNFINISHED: 3.2,
    Completeness.COUNTING: 3.2,
}
_NOD = 1.2
"""Listeners answer a clause after 0.7 s at least (Ward & Tsukahara 2000); later here, to stay out
of the pauses between words."""
_WORTH = 0.5
"""Seconds between nod and reply below which the reply is the better sign of life."""
_SLOWER = 1.25
"""Who asked for a slower pace speaks slowly, too."""
_USUAL = 0.4
"""Seconds more than the longest of a resident's usual pauses."""
_LEAST, _MOST = 0.7, 1.4
"""Of the times above: as far as a resident's own pauses may move them."""
_SILENCE = 8.0
_STORY_SILENCE = 9.0
_YES_NO_SILENCE = 7.0
_STORIES = (StepName.OPENING, StepName.PROBLEM, StepName.PERSON)
_YES_NO = (
    StepName.RESUME,
    StepName.URGENCY,
    StepName.READBACK,
    StepName.SAME,
    StepName.VERDICT,
    StepName.EMERGENCY,
)


def patience(step: str, pace: Pace, community: Community, usual: float | None = None) -> Patience:
    """How long to wait at this step.

    usual: the longest of the resident's usual pauses, seconds; None when not known yet.
    """
    name = StepName(step)
    slower = _SLOWER if pace.slow else 1.0

    def wait(words: str) -> Wait:
        # No part of an answer hangs on the hour: any will do.
        grade = completeness(words, name, community, datetime.now(UTC))
        end = seconds(grade, slower, usual)
        nod = _NOD if end >= _NOD + _WORTH else None
        return Wait(end, nod, grade is Completeness.WHOLE)

    return Patience(_silence(name) * (1.5 if pace.slow else 1.0), wait)


def seconds(grade: Completeness, slower: float = 1.0, usual: float | None = None) -> float:
    """Silence that ends a turn after words judged so.

    >>> seconds(Completeness.WHOLE) < seconds(Completeness.OPEN) < seconds(Completeness.PART)
    True
    >>> seconds(Completeness.OPEN, usual=4.0), seconds(Completeness.OPEN, usual=0.4)
    (3.64, 1.82)
    """
    wait = _WAIT[grade]
    if usual is not None and grade in (Completeness.OPEN, Completeness.PART):
        wait = min(max(usual + _USUAL, wait * _LEAST), wait * _MOST)
    return round(wait * slower, 3)


def _silence(step: StepName) -> float:
    if step in _STORIES:
        return _STORY_SILENCE
    return _YES_NO_SILENCE if step in _YES_NO else _SILENCE
