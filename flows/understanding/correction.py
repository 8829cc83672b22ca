"""“不是三幢是四幢”, “电话改一下”, “是陈不是程”: which slot, and what instead."""

import re
from functools import lru_cache
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from flows.lexicon import Answers, CorrectionWords
from flows.understanding.phrases import pattern


class Correction(BaseModel):
    model_config = ConfigDict(frozen=True)

    slot: str
    """`place`, `category`, `phone`, `time`, `name`, or empty when that is not clear."""
    value: str
    """What is right, in the resident's words; empty when they have not said it yet."""


class Found(NamedTuple):
    slot: str
    value: str
    denied: str
    """What is wrong, if they said so."""


_LONGEST = 24


@lru_cache(maxsize=8)
def _patterns(words: CorrectionWords, stop: str) -> tuple[re.Pattern[str], ...]:
    wrong, right = pattern(words.not_but), pattern(words.but)
    gap = re.escape(stop)
    return (
        # Not A but B.
        re.compile(f"(?:{wrong})(?P<a>[^{gap}]{{1,10}}?){gap}?(?:{right})(?P<b>.{{1,14}})$"),
        # B, not A.
        re.compile(
            f"^(?:{right}|{gap})*(?P<b>[^{gap}]{{1,10}}?){gap}?(?:{wrong})(?P<a>[^{gap}]{{1,10}})$"
        ),
        # B taken for A.
        re.compile(f"{pattern(words.taking)}(?P<b>.{{1,10}}?){pattern(words.taken_for)}(?P<a>.+)$"),
        # The cue, then the right value.
        re.compile(f"(?:{pattern(words.instead)}){gap}?(?P<b>.{{1,14}})$"),
        re.compile(f"^(?P<b>.{{1,8}}?)(?:{pattern(words.value_end)})"),
    )


def find_correction(text: str, asked: str | None, answers: Answers) -> Found | None:
    """The correction in a normalised utterance, with its raw value; None when there is none."""
    words = answers.correction
    if len(text) > _LONGEST:
        return None
    bare = re.sub(f"^(?:{pattern((*answers.fillers, answers.full_stop))})+", "", text)
    slot = named_slot(text, answers)
    for shape in _patterns(words, answers.full_stop):
        match = shape.search(bare) or shape.search(text)
        if match:
            groups = match.groupdict()
            value = re.sub(f"(?:{pattern(answers.fillers)})+$", "", groups["b"] or "")
            wrong = groups.get("a") or ""
            if wrong and re.fullmatch(f"{pattern(words.vague)}+", wrong):
                # “不是这个意思”: wrong, and not what.
                return None
            if value and value not in answers.no.whole:
                return Found(slot, value.strip(answers.full_stop), wrong)
    denied = re.match(f"(?:{pattern(words.not_but)})(?P<a>.{{1,8}})$", bare)
    if denied and asked == "readback" and not re.fullmatch(f"{pattern(words.vague)}+", denied["a"]):
        # “不是漏水”; or “啊，不是，四栋”: what is read back decides which, see `correcting`.
        return Found("", "", denied["a"])
    # “地址没错” says nothing is wrong.
    denied_not = "".join(f"(?<!{re.escape(word)})" for word in answers.negations)
    if slot and re.search(denied_not + pattern(words.wrong), text):
        return Found(slot, "", "")
    if asked in ("readback", "place", "filed") or len(bare) <= 9:
        relative = re.fullmatch(f"(?:{pattern(words.but)})?({pattern(words.relative)})", bare)
        if relative:
            return Found("place", relative[1], "")
        if re.search(pattern(words.contains), text) and len(text) <= 14:
            return Found(slot, "", "")
    return None


def named_slot(text: str, answers: Answers) -> str:
    """Which slot the words speak of, or nothing."""
    slots = answers.correction.slots.items()
    return next((slot for slot, names in slots if re.search(pattern(names), text)), "")
