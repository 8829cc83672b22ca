"""Whether the words so far are a complete answer to what was asked. Times are not spoken of here:
who listens turns the judgement into seconds of patience."""

from datetime import datetime
from enum import Enum, auto

from flows.community import Community
from flows.conversation import StepName
from flows.lexicon import Lexicon, NumberWords
from flows.steps.moment import ASKED
from flows.understanding.emergency import Danger
from flows.understanding.normalise import normalise, syllables
from flows.understanding.numbers import symbol
from flows.understanding.phrases import made_of
from flows.understanding.understand import understand
from flows.understanding.understanding import Intent, Understanding


class Completeness(Enum):
    WHOLE = auto()
    """All that was asked for, and nothing more to be expected."""
    OPEN = auto()
    """May be all, may go on."""
    PART = auto()
    """Less than what was asked for (a matter without its place), in a finished clause."""
    UNFINISHED = auto()
    """Breaks off where no clause ends (“我们楼道里那个”)."""
    COUNTING = auto()
    """Inside a number whose length is known."""


_NUMBER = {StepName.CONTACT: 11, StepName.STATUS: 6}
"""Digits of a mobile telephone number, and of a ticket number."""
_LANDLINE = 8
"""Digits without the area code."""
_STORIES = (StepName.OPENING, StepName.PROBLEM)
_AT_ONCE = (Intent.PERSON, Intent.REPEAT, Intent.SLOWER, Intent.LOUDER, Intent.STOP, Intent.THANKS)
_BEGUN = 10
"""Characters up to which a story without a matter has only begun (“你好，我想反映一下”)."""
_ROOM = 3
"""Digits from which a bare number behind an address is a room."""


def completeness(text: str, step: StepName, community: Community, at: datetime) -> Completeness:
    """text: recognised so far, maybe wrong. step: what spoke last."""
    lexicon = community.lexicon
    plain = normalise(text, lexicon.answers.full_stop)
    if not plain:
        return Completeness.OPEN
    if _counted(plain, step, lexicon.numbers) is not None:
        return _number(plain, step, lexicon.numbers)
    understood = understand(plain, asked=ASKED.get(step), community=community, at=at)
    if understood.danger is Danger.PRESENT:
        return Completeness.WHOLE
    if breaks_off(plain, lexicon) and not _is_answer(plain, step, lexicon):
        # “嗯” alone may be a yes.
        nods = len(plain) == 1 and understood.yes_no
        return Completeness.OPEN if nods else Completeness.UNFINISHED
    if understood.intent in _AT_ONCE:
        return Completeness.WHOLE
    if step in _STORIES:
        return _story(understood, step, lexicon)
    if step is StepName.PLACE:
        return _place(understood, plain, lexicon.numbers)
    return _answer(understood, step, plain, lexicon)


def breaks_off(plain: str, lexicon: Lexicon) -> bool:
    """Whether the last words promise more. `plain` is normalised.

    >>> from locales.load import load_lexicon
    >>> [breaks_off(t, load_lexicon()) for t in ("灯坏了然后", "我们楼里那个", "灯坏了")]
    [True, True, False]
    """
    endings = lexicon.endings
    return plain.endswith((*endings.hesitations, *endings.connectives, *endings.dangling))


def _is_answer(plain: str, step: StepName, lexicon: Lexicon) -> bool:
    """“好的”, “就打这个”, “有”: ends like half a phrase and is a whole answer to this question."""
    answers = lexicon.answers
    if made_of(plain, answers.dont_know, answers) or plain.endswith(lexicon.endings.connectives):
        return False
    asked = answers.asked.get(ASKED.get(step) or "")
    if asked and (made_of(plain, asked.yes, answers) or made_of(plain, asked.no, answers)):
        return True
    if plain.endswith(lexicon.endings.hesitations):
        return False
    common = (answers.yes, answers.no, answers.weak_yes, answers.nothing_more, answers.solved)
    return any(made_of(plain, words, answers) for words in common)


def _story(understood: Understanding, step: StepName, lexicon: Lexicon) -> Completeness:
    """What happened, and at the start where, too."""
    category, place = understood.category, understood.place
    if category is None or not category.sure:
        if understood.intent in (Intent.YES, Intent.NO) or understood.unknowing:
            return Completeness.OPEN
        # Much that is not understood was misheard, more often than not begun.
        long = len(understood.text) > _BEGUN or understood.ticket_number
        return Completeness.PART if long else Completeness.UNFINISHED
    if understood.intent is Intent.STATUS:
        return Completeness.OPEN
    if not any(word in understood.text for word in lexicon.endings.predicates):
        return Completeness.UNFINISHED
    if step is StepName.PROBLEM or (place and (place.building or place.landmark)):
        return Completeness.OPEN
    return Completeness.PART


def _place(understood: Understanding, plain: str, numbers: NumberWords) -> Completeness:
    place = understood.place
    if place is None:
        return Completeness.OPEN if understood.yes_no or understood.unknowing else Completeness.PART
    tail = _tail(plain, numbers)
    if 0 < tail < _ROOM:
        return Completeness.UNFINISHED
    if place.room:
        return Completeness.WHOLE
    if place.unit or place.landmark:  # “东门”, “…旁边”
        return Completeness.OPEN
    return Completeness.PART


def _answer(
    understood: Understanding, step: StepName, plain: str, lexicon: Lexicon
) -> Completeness:
    """To a question that a word can answer."""
    if understood.phone or understood.ticket_number or understood.unknowing:
        return Completeness.WHOLE
    if understood.corrections:
        words = lexicon.answers.correction
        denied = plain.startswith(words.not_but) and not any(
            but in plain[len(words.not_but[0]) :] for but in words.but
        )
        told = understood.corrections[0].value and not denied
        return Completeness.OPEN if told else Completeness.PART
    yes_no = understood.yes_no
    if yes_no is None:
        return Completeness.OPEN
    if step is StepName.READBACK and yes_no == "no":
        # What it should be is said next, mostly.
        return Completeness.PART
    if step is StepName.FILED and yes_no == "yes":
        return Completeness.PART
    return Completeness.WHOLE


def _counted(plain: str, step: StepName, words: NumberWords) -> int | None:
    """Digits said so far where a number is asked for; None when none was begun.

    From the first digit on every character counts: what is misheard was a digit, too.
    """
    if step not in _NUMBER:
        return None
    sounds = syllables(plain)
    digits = [
        (symbol(char, words) or words.syllables.get(sound) or "").isdigit()
        for char, sound in zip(plain, sounds, strict=True)
    ]
    first = next((i for i in range(len(plain) - 1) if digits[i] and digits[i + 1]), None)
    if first is None:
        return None
    said = plain[first:]
    for joiner in sorted(words.joiners, key=len, reverse=True):
        said = said.replace(joiner, "")
    return len(said)


def _number(plain: str, step: StepName, words: NumberWords) -> Completeness:
    count, length = _counted(plain, step, words) or 0, _NUMBER[step]
    if count >= length:
        return Completeness.WHOLE
    mobile = step is not StepName.CONTACT or _begins_with_one(plain, words)
    if not mobile and count >= _LANDLINE:
        return Completeness.OPEN
    # The recogniser loses a digit now and then: then nothing more comes.
    nearly = count == length - 1
    return Completeness.PART if nearly else Completeness.COUNTING


def _begins_with_one(plain: str, words: NumberWords) -> bool:
    digits = [found for char in plain if (found := symbol(char, words)) and found.isdigit()]
    return bool(digits) and digits[0] == "1"


def _tail(plain: str, words: NumberWords) -> int:
    """How many number characters stand at the very end."""
    count = 0
    for char in reversed(plain):
        if symbol(char, words) is None:
            break
        count += 1
    return count
