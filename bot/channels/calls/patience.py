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
class Patience:
    """Seconds."""

    silence: float
    """Nothing said at all after a prompt."""
    wait: Callable[[str], float]
    """Silence after these words that ends a turn."""


LONGEST_TURN = 240.0
"""Seconds; then what was said is answered, and the resident may go on. Three minutes of talk is one
story."""

# The reply is to come 0.6–1.5 s after they really finished, and never over what they still say
# (facts: elderly people). The voice detector and the turn itself add about 0.15 s. `make
# bench-patience` shows what each of these brings.
_WAIT = {
    Completeness.WHOLE: 0.6,
    Completeness.OPEN: 1.2,
    Completeness.PART: 1.55,
    Completeness.UNFINISHED: 3.0,
    Completeness.COUNTING: 3.0,
}
_SLOWER = 1.25
"""Who asked for a slower pace speaks slowly, too."""
_USUAL = 0.4
"""Seconds more than the longest of a resident's usual pauses."""
_LEAST, _MOST = 0.85, 1.7
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

    def wait(words: str) -> float:
        # No part of an answer hangs on the hour: any will do.
        grade = completeness(words, name, community, datetime.now(UTC))
        return seconds(grade, slower, usual)

    return Patience(_silence(name) * (1.5 if pace.slow else 1.0), wait)


def seconds(grade: Completeness, slower: float = 1.0, usual: float | None = None) -> float:
    """Silence to wait for after words judged so.

    >>> seconds(Completeness.WHOLE) < seconds(Completeness.OPEN) < seconds(Completeness.PART)
    True
    >>> seconds(Completeness.OPEN, usual=3.0), seconds(Completeness.OPEN, usual=0.4)
    (2.04, 1.02)
    """
    wait = _WAIT[grade]
    if grade is Completeness.WHOLE:
        return wait * slower
    if grade in (Completeness.OPEN, Completeness.PART):
        if usual is not None:
            wait = min(max(usual + _USUAL, wait * _LEAST), wait * _MOST)
        wait *= slower
    return round(wait, 3)


def _silence(step: StepName) -> float:
    if step in _STORIES:
        return _STORY_SILENCE
    return _YES_NO_SILENCE if step in _YES_NO else _SILENCE
