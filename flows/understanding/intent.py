"""What the resident wants with one utterance."""

from flows.lexicon import Lexicon
from flows.report import Category, Place
from flows.understanding.answers import YesNo, complains
from flows.understanding.correction import Found
from flows.understanding.phrases import made_of, mentions
from flows.understanding.understanding import Intent


def find_intent(
    text: str,
    asked: str | None,
    lexicon: Lexicon,
    present_danger: bool,
    correction: Found | None,
    yes_no: YesNo | None,
    category: Category | None,
    place: Place | None,
    phone: str | None,
    number: str | None,
) -> Intent:
    """`text` is normalised; the other arguments are what was found in it so far."""
    answers = lexicon.answers
    if present_danger:
        return Intent.EMERGENCY
    universal = _universal(text, lexicon, asked)
    if universal is Intent.STOP and yes_no == "no" and asked in answers.asked:
        # “不用了”, to whether we may call back: no call, not no report.
        universal = None
    if universal:
        return universal
    if correction and (correction.value or correction.slot or yes_no is None):
        return Intent.CORRECTION
    if yes_no and _is_answer(text, asked, yes_no):
        return Intent.YES if yes_no == "yes" else Intent.NO
    if made_of(text, answers.thanks, answers) or mentions(text, answers.thanks, answers, 10):
        return Intent.THANKS
    if number and asked != "contact":
        return Intent.STATUS
    if made_of(text, answers.status, answers) or mentions(text, answers.status, answers, 24):
        return Intent.STATUS
    if made_of(text, answers.chat, answers) or mentions(text, answers.chat, answers, 12):
        return Intent.CHAT
    if category or place or phone:
        return Intent.REPORT
    return Intent.UNKNOWN


def _is_answer(text: str, asked: str | None, yes_no: YesNo) -> bool:
    return asked is not None or len(text) <= 14


def _universal(text: str, lexicon: Lexicon, asked: str | None) -> Intent | None:
    """Words with the same meaning at every step. In a long story they are part of it."""
    answers = lexicon.answers
    if mentions(text, answers.is_it_a_machine, answers):
        return Intent.CHAT
    if complains(text, answers):
        return Intent.CHAT
    if made_of(text, answers.person, answers) or mentions(text, answers.person, answers):
        return Intent.PERSON
    if asked != "filed" and (
        made_of(text, answers.stop, answers) or mentions(text, answers.stop, answers, 10)
    ):
        return Intent.STOP
    if asked == "filed" and mentions(text, answers.stop, answers, 6):
        return Intent.STOP
    for words, intent, longest in (
        (answers.slower, Intent.SLOWER, 12),
        (answers.louder, Intent.LOUDER, 12),
        (answers.repeat, Intent.REPEAT, 12),
        (answers.wait, Intent.WAIT, 12),
    ):
        if made_of(text, words, answers) or mentions(text, words, answers, longest):
            if intent is Intent.WAIT and _announces_correction(text, lexicon):
                continue
            return intent
    return None


def _announces_correction(text: str, lexicon: Lexicon) -> bool:
    return any(cue in text for cue in lexicon.answers.correction.instead)
