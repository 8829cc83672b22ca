"""Yes or no, in the light of what was just asked. Corrections are looked for before (they contain
“不” and “是” and mean neither)."""

import re
from functools import lru_cache
from typing import Literal

from flows.lexicon import Answers
from flows.understanding.phrases import made_of, mentions, pattern

YesNo = Literal["yes", "no"]

_LONGEST_WEAK = 12
_LONGEST_TAIL = 14
"""Characters after a leading yes or no that may still be part of the same answer."""


@lru_cache(maxsize=8)
def _leading(answers: Answers, yes: bool) -> re.Pattern[str]:
    fillers = pattern((*answers.fillers, answers.full_stop))
    words = answers.yes.whole if yes else answers.no.whole
    return re.compile(f"{fillers}*{pattern(words)}+")


def yes_or_no(text: str, asked: str | None, answers: Answers) -> YesNo | None:
    """`text` is normalised."""
    if asked == "verdict":
        if made_of(text, answers.still_broken, answers) or _any(
            text, answers.still_broken.contains
        ):
            return "no"
        if made_of(text, answers.solved, answers) or mentions(text, answers.solved, answers):
            return "yes"
    if asked == "filed":
        if made_of(text, answers.more, answers) or mentions(text, answers.more, answers, 8):
            return "yes"
        nothing = answers.nothing_more
        if made_of(text, nothing, answers) or (len(text) <= 10 and _any(text, nothing.contains)):
            return "no"
    if asked in answers.asked:
        step = answers.asked[asked]
        if made_of(text, step.no, answers) or _any(text, step.no.contains):
            return "no"
        if made_of(text, step.yes, answers) or mentions(text, step.yes, answers):
            return "yes"
    # “没错的” is made of both: a yes that is whole cannot be a no.
    if made_of(text, answers.yes, answers) or is_weak_yes(text, None, answers):
        return "yes"
    if made_of(text, answers.no, answers):
        return "no"
    if len(text) <= 14 and _any(text, answers.no.contains):
        return "no"
    if asked != "urgency" and len(text) <= 10 and _any(text, answers.yes.contains):
        return "yes"
    if asked in ("readback", "verdict", "resume", "urgency"):
        # “对，就是那里”; never with a negation behind it (“好像不对”).
        for yes in (True, False):
            match = _leading(answers, yes).match(text)
            if not match or len(text) - match.end() > _LONGEST_TAIL:
                continue
            paused = answers.full_stop in text[match.end() - 1 : match.end() + 1]
            if yes and not _any(text, answers.turns):
                return "yes"
            if not yes and paused:
                return "no"
    return None


def is_weak_yes(text: str, asked: str | None, answers: Answers) -> bool:
    """“随便”, “晓得了”, “修好了，就是晚上吵”: no objection, but no consent to build on."""
    weak = answers.weak_yes
    if asked == "verdict" and _any(text[1:], answers.reserved):
        return True
    return made_of(text, weak, answers) or (
        len(text) <= _LONGEST_WEAK and _any(text, weak.contains)
    )


def complains(text: str, answers: Answers) -> bool:
    """About the machine, not about what is reported."""
    return made_of(text, answers.complaint, answers) or mentions(text, answers.complaint, answers)


def _any(text: str, phrases: tuple[str, ...]) -> bool:
    return bool(phrases) and bool(re.search(pattern(phrases), text))


def choice(text: str, answers: Answers) -> int | None:
    """Which of the offered things was picked by its position (0 the first); None if none."""
    bare = re.sub(pattern((*answers.fillers, answers.full_stop)), "", text)
    for at, words in enumerate(answers.choices):
        if bare in words or text in words:
            return at
    return None
