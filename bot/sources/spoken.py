"""“真的是出店经营吗？” answered by a spoken word."""

from bot.pages.words import page_words
from bot.sources.answer import REASONS
from flows.lexicon import Lexicon
from flows.understanding.answers import yes_or_no
from flows.understanding.normalise import normalise

CONFIRM = "confirm"
LONGEST = 12
"""Characters of an answer; who says more tells a story, and is asked to tap."""


def understood(text: str, name: str, lexicon: Lexicon) -> str:
    """`confirm`, one of the `REASONS`, or empty where it is not clear: then nothing is done, for
    what is answered cannot be taken back. name: what the machine says it is."""
    said = normalise(text, lexicon.answers.full_stop).strip(lexicon.answers.full_stop)
    if not said or len(said) > LONGEST:
        return ""
    words: dict[str, list[str]] = page_words()["alerts"]["spoken"]
    meant = {reason for reason in REASONS if any(word in said for word in words[reason])}
    if len(meant) > 1:
        return ""
    if meant:
        return meant.pop()
    # “是出店经营”, “不是出店经营”: the name itself says neither.
    answer = yes_or_no(said.replace(name, ""), "readback", lexicon.answers)
    if answer is None and said == name:
        answer = "yes"
    return {"yes": CONFIRM, "no": "not_so"}.get(answer or "", "")
