"""What the resident wants with one utterance."""

from flows.lexicon import Answers, AnswerWords, Lexicon
from flows.report import Category, Place
from flows.understanding.answers import YesNo, complains
from flows.understanding.correction import Found
from flows.understanding.leaning import Leaning
from flows.understanding.phrases import made_of, mentions
from flows.understanding.understanding import Intent

_TOLD, _ANSWERED, _CERTAIN = 0.25, 0.6, 0.9
"""How sure the kind must be for words to be a report: at an open question, at one for a yes or no,
and of who says they do not know."""
_LEANING, CLEARLY = 0.2, 0.6
"""Margins from which a learned leaning counts, and counts where a mistake would hurt."""
_ANSWERS = (Intent.YES, Intent.NO, Intent.CORRECTION)
_GRAVE = (Intent.STOP, Intent.PERSON)
_STORY = 4
"""Characters it takes to tell something; what is shorter must name it (“噪音”)."""
_REFUSED = (Intent.STOP, Intent.REPEAT, Intent.LOUDER)
_TALK = (Intent.REPEAT, Intent.SLOWER, Intent.LOUDER, Intent.WAIT)
_OPEN = (None, "problem")
_YES_NO = ("readback", "verdict", "filed", "resume", "urgency", "contact")


def find_intent(
    text: str,
    asked: str | None,
    lexicon: Lexicon,
    present_danger: bool,
    correction: Found | None,
    yes_no: YesNo | None,
    unknowing: bool,
    category: Category | None,
    place: Place | None,
    phone: str | None,
    number: str | None,
) -> Intent:
    """`text` is normalised; the other arguments are what was found in it so far."""
    answers = lexicon.answers
    if present_danger:
        return Intent.EMERGENCY
    if correction and asked in _OPEN and category and category.sure:
        # “不是停电，是灯不亮”, with nothing told before: that is the report.
        correction = None
    universal = _universal(text, lexicon, asked)
    refused = yes_no == "no" and asked in answers.asked and answers.asked[asked].no
    if universal in _REFUSED and refused and _says(text, refused, answers):
        # “不用打了我听不见”, to whether we may call back: no call, not no report.
        universal = None
    if universal is Intent.WAIT and correction:
        # “等等，地址要改一下”.
        universal = None
    if universal is Intent.REPEAT and yes_no == "no" and made_of(text, answers.no, answers):
        # “你没听懂”: they heard, we did not.
        universal = None
    if universal is Intent.WAIT and _says(text, answers.status, answers, 24):
        # “帮我看看我那个单子到哪了”.
        universal = None
    if universal in _TALK and asked in _OPEN and category and category.confidence >= _CERTAIN:
        # “外面吵得说话都听不见”, “唱歌到两三点”: what they tell, not what they want of us.
        return Intent.REPORT
    if universal:
        return universal
    if unknowing and asked in _YES_NO and yes_no != "no":
        # “不知道修好没有”, “我也吃不准，应该是的”.
        return Intent.UNKNOWN
    if correction and (correction.value or correction.slot or yes_no is None):
        return Intent.CORRECTION
    if _says(text, answers.thanks, answers, 10) and asked not in _YES_NO:
        return Intent.THANKS
    if yes_no and _is_answer(text, asked, yes_no):
        return Intent.YES if yes_no == "yes" else Intent.NO
    if _says(text, answers.thanks, answers, 10):
        return Intent.THANKS
    if number and asked != "contact":
        return Intent.STATUS
    if _says(text, answers.status, answers, 24):
        return Intent.STATUS
    certain = category is not None and category.confidence >= _CERTAIN
    if made_of(text, answers.chat, answers) or (
        mentions(text, answers.chat, answers, 12) and not certain
    ):
        return Intent.CHAT
    if category or place or phone:
        return Intent.REPORT
    return Intent.UNKNOWN


def speaks_of(
    text: str, category: Category | None, asked: str | None, unknowing: bool
) -> Category | None:
    """The kind of problem, if so much speaks for one that the words are a report. Less will do
    where a story is expected than where a yes or no is; who says “我也不晓得” reports nothing."""
    if category is None:
        return None
    floor = _ANSWERED if asked in _YES_NO or len(text) < _STORY else _TOLD
    return category if category.confidence >= (_CERTAIN if unknowing else floor) else None


def _says(text: str, words: AnswerWords, answers: Answers, longest: int = 14) -> bool:
    return made_of(text, words, answers) or mentions(text, words, answers, longest)


def _is_answer(text: str, asked: str | None, yes_no: YesNo) -> bool:
    return asked is not None or len(text) <= 14


def _universal(text: str, lexicon: Lexicon, asked: str | None) -> Intent | None:
    """Words with the same meaning at every step. In a long story they are part of it."""
    answers = lexicon.answers
    if mentions(text, answers.is_it_a_machine, answers):
        return Intent.CHAT
    if _says(text, answers.person, answers):
        return Intent.PERSON
    if complains(text, answers):
        return Intent.CHAT
    if asked != "filed" and _says(text, answers.stop, answers, 10):
        return Intent.STOP
    if asked == "filed" and mentions(text, answers.stop, answers, 8):
        return Intent.STOP
    for words, intent, longest in (
        (answers.slower, Intent.SLOWER, 12),
        (answers.louder, Intent.LOUDER, 12),
        (answers.repeat, Intent.REPEAT, 12),
        (answers.wait, Intent.WAIT, 12),
    ):
        if _says(text, words, answers, longest):
            return intent
    return None


def weigh(
    intent: Intent,
    leaning: Leaning,
    text: str,
    asked: str | None,
    settled: bool,
    category: Category | None,
    answers: Answers,
) -> Intent:
    """The intent the words gave, against what the whole sounds like. settled: a place, a number or
    what is right instead was found in it."""
    leans = Intent.YES if leaning.answer == "weak" else Intent(leaning.answer)
    if leans is intent or intent is Intent.EMERGENCY or asked == "emergency" or settled:
        return intent
    if asked not in _YES_NO and category is not None and category.confidence >= _CERTAIN:
        return intent
    if asked == "filed" and category is not None and category.sure:
        return intent
    if leans in _ANSWERS and asked not in _YES_NO:
        return intent
    if intent is Intent.CORRECTION and leans in _ANSWERS:
        return intent
    vague = intent in (Intent.UNKNOWN, Intent.REPORT)
    if leaning.margin < (_LEANING if vague and leans not in _GRAVE else CLEARLY):
        return intent
    return intent if any(made_of(text, words, answers) for words in answers.plain) else leans
