"""Phone numbers and ticket numbers as people say them."""

import re

from flows.lexicon import NumberWords
from flows.ticket_number import is_ticket_number
from flows.understanding.numbers import digit_runs

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{2,3}[2-8]\d{6,7}|[2-8]\d{7}|400\d{7}")
"""Numbering plan of mainland China: 11-digit mobiles from 13 on, 7–8 digit landlines with or
without the area code; 7 digits alone are left out, they are too often something else."""


def find_phone(text: str, words: NumberWords, expected: bool = False) -> str | None:
    """The phone number said, digits only. expected: one was just asked for, so try harder."""
    for loose in (False, True) if expected else (False,):
        for run in digit_runs(text, words, loose):
            candidate = run[2:] if len(run) == 13 and run.startswith("86") else run
            if _MOBILE.fullmatch(candidate) or _LANDLINE.fullmatch(candidate):
                return candidate
    return None


def find_ticket_number(text: str, words: NumberWords) -> str | None:
    """A well-formed ticket number in what was said; its check digit guards against chance."""
    for run in digit_runs(text, words):
        if is_ticket_number(run):
            return run
    return None
