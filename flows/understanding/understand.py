"""One utterance to its meaning. Order matters: danger first, then what is universal, then what
corrects, then what answers, and only then what reports."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import partial

from flows.community import Community
from flows.report import Category, Place, Urgency
from flows.understanding.answers import choice, complains, is_weak_yes, yes_or_no
from flows.understanding.behalf import find_behalf
from flows.understanding.contact import find_phone, find_ticket_number
from flows.understanding.correction import Correction, Found, find_correction, named_slot
from flows.understanding.emergency import Danger, worst
from flows.understanding.intent import CLEARLY, find_intent, speaks_of, weigh
from flows.understanding.normalise import normalise
from flows.understanding.numbers import digit_runs
from flows.understanding.only_where import is_only_where
from flows.understanding.phrases import made_of, mentions, pattern
from flows.understanding.several import split_matters
from flows.understanding.time import find_time
from flows.understanding.understanding import Intent, Understanding

_SURE_PLACE = 0.6
_KIND = 6
"""Characters up to which the name of a kind (“电梯”) is said and not a story told."""
_ANSWER = range(3, 21)
"""Characters of what may be a mere answer, and is enough to tell by how it sounds."""
_READINGS = 4
"""Other readings of the same sound that are looked at."""

Find = Callable[..., Place | None]
"""`Gazetteer.find`, with the resident's home and what was spoken of so far."""


def understand(
    text: str,
    *,
    asked: str | None,
    community: Community,
    at: datetime,
    alternatives: tuple[str, ...] = (),
    home: Place | None = None,
    near: Place | None = None,
) -> Understanding:
    """asked: the step that spoke last (`problem`, `place`, `readback`, …), None for nothing.

    alternatives: other readings of the same sound; they fill what the first leaves open, and a
    danger in any of them counts.

    near: the place spoken of so far, for “二单元” and “五零二” alone.
    """
    lexicon = community.lexicon
    answers = lexicon.answers
    said = text.strip()
    plain = normalise(said, answers.full_stop)
    others = tuple(normalise(a, answers.full_stop) for a in alternatives[:_READINGS])
    emergency = worst(map(community.emergencies.find, (plain, *others)))
    if not plain:
        return Understanding(text=said)
    behalf = find_behalf(plain, answers.behalf)
    first, also = split_matters(behalf.matter, lexicon, community.categories)
    unknowing = made_of(plain, answers.dont_know, answers) or mentions(
        plain, answers.dont_know, answers
    )
    category = speaks_of(first, community.categories.classify(first), asked, unknowing)
    find = partial(community.gazetteer.find, home=home, near=near)
    numbered = asked in ("readback", "urgency") and near is not None and _is_room(plain, community)
    place = _place((plain, *others), find, asked == "place" or numbered)
    only_where = place is not None and is_only_where(plain, community)
    if category and not category.sure and only_where:
        category = None
    phone = _first([find_phone(t, lexicon.numbers, asked == "contact") for t in (plain, *others)])
    number = _first([find_ticket_number(t, lexicon.numbers) for t in (plain, *others)])
    present = emergency.danger is Danger.PRESENT
    correction = None if present else find_correction(plain, asked, answers)
    if asked == "readback":
        correction = _denial(correction, community) or _other(plain, community, find, at)
    yes_no = None
    if not present and not (correction and correction.value):
        # Where a correction is announced, only a whole and plain yes or no is one.
        yes_no = yes_or_no(plain, None if correction else asked, answers)
    if correction and correction.denied and not correction.value:
        yes_no = "no"
    intent = find_intent(
        plain,
        asked,
        lexicon,
        present,
        correction,
        yes_no,
        unknowing,
        category,
        place,
        phone,
        number,
    )
    leaning = community.answers.lean(plain, asked)
    said_so, by_words = yes_no, intent
    if len(plain) in _ANSWER and not unknowing:
        settled = bool(place or phone or number or (correction and correction.value))
        intent = weigh(intent, leaning, plain, asked, settled, category, answers)
    if intent is not by_words or intent in (Intent.EMERGENCY, Intent.CORRECTION, Intent.UNKNOWN):
        yes_no = "yes" if intent is Intent.YES else "no" if intent is Intent.NO else None
    leans = yes_no != said_so
    if intent is Intent.CORRECTION and correction is None:
        correction = Found(named_slot(plain, answers), "", "")
    corrections: tuple[Correction, ...] = ()
    if correction and intent in (Intent.CORRECTION, Intent.NO):
        corrections = (_typed(correction.slot, correction.value, community, find, at),)
        if correction.value:
            place = _place((correction.value,), find, True)
            category = community.categories.classify(correction.value)
    return Understanding(
        text=said,
        intent=intent,
        category=category if intent is not Intent.YES else None,
        place=place,
        urgency=_urgency(emergency.danger, plain, community),
        when=find_time(plain, at, lexicon.times, lexicon.numbers),
        phone=phone,
        yes_no=yes_no,
        weak=yes_no == "yes"
        and (leans or leaning.answer == "weak" or is_weak_yes(plain, asked, answers)),
        hinted=bool(yes_no) and leans and leaning.margin < CLEARLY,
        corrections=corrections,
        danger=emergency.danger,
        danger_kind=emergency.kind,
        ticket_number=number,
        choice=choice(plain, answers),
        unknowing=unknowing,
        asks_machine=mentions(plain, answers.is_it_a_machine, answers),
        also=also if intent is Intent.REPORT else "",
        affected=behalf.who,
        complains=complains(plain, answers),
        only_where=only_where,
    )


def _denial(found: Found | None, community: Community) -> Found | None:
    """“不是漏水” denies what was read back; “啊不是，四栋” gives the right place, or denies it when
    it is the one read back: `flows.steps.correcting` knows which."""
    if found is None or found.value or not found.denied:
        return found
    if community.gazetteer.find(found.denied):
        return Found("place", found.denied, "")
    if community.categories.classify(found.denied):
        return Found("category", "", found.denied)
    return None


def _other(plain: str, community: Community, find: Find, at: datetime) -> Found | None:
    """“是前天晚上”, “是四幢”, “是电梯” in answer to the read-back: it was another one. The one read
    back said again is a yes, see `flows.steps.correcting`."""
    lexicon = community.lexicon
    for word in lexicon.answers.correction.but:
        rest = plain.removeprefix(word)
        if rest == plain or rest.startswith(lexicon.answers.correction.vague):
            continue
        if find_time(rest, at, lexicon.times, lexicon.numbers):
            return Found("time", rest, "")
        place = find(rest, expected=True)
        if place and place.id and place.confidence >= _SURE_PLACE:
            return Found("place", rest, "")
        category = community.categories.classify(rest)
        if category and category.sure and len(rest) <= _KIND:
            return Found("category", rest, "")
    return None


def _first(found: list[str | None]) -> str | None:
    return next((one for one in found if one), None)


def _is_room(plain: str, community: Community) -> bool:
    """“五零二吧，大概”: nothing but a number, as long as a room's."""
    runs = digit_runs(plain, community.lexicon.numbers)
    return len(runs) == 1 and len(runs[0]) in (3, 4)


def _place(readings: tuple[str, ...], find: Find, expected: bool) -> Place | None:
    """The first reading's place; another reading's when the first has none the map knows, or when
    it says more of the same (“3幢” and “3幢2单元”)."""
    found = find(readings[0], expected=expected)
    if found and found.id and found.confidence > 0.9:
        return found
    for reading in readings[1:]:
        place = find(reading, expected=expected)
        if not place or not place.id or place.confidence < 0.5:
            continue
        known = found.id if found and found.confidence >= 0.5 else None
        if known is None or place.id.startswith(f"{known}/"):
            # What only a second reading knows is a guess: read back, not taken for sure.
            found = place.model_copy(update={"confidence": min(place.confidence, 0.55)})
    return found


def _urgency(danger: Danger, plain: str, community: Community) -> Urgency:
    if danger is Danger.PRESENT:
        return Urgency.EMERGENCY
    return Urgency.URGENT if community.emergencies.is_urgent(plain) else Urgency.NORMAL


def _typed(slot: str, value: str, community: Community, find: Find, at: datetime) -> Correction:
    """The correction with its slot found from the value; places as the map writes them."""
    lexicon = community.lexicon
    if not value:
        return Correction(slot=slot, value="")
    if slot in ("", "phone"):
        phone = find_phone(value, lexicon.numbers, expected=True)
        if phone:
            return Correction(slot="phone", value=phone)
    if slot in ("", "place"):
        place = find(value, expected=True)
        # “不是楼道灯，是路灯” is no spot to go to.
        if place and (slot or place.id or not community.categories.classify(value)):
            return Correction(slot="place", value=place.text)
        relative = pattern(lexicon.answers.correction.relative)
        if slot or (not place and re.fullmatch(relative, value)):
            return Correction(slot="place", value=value)
    if slot in ("", "time") and find_time(value, at, lexicon.times, lexicon.numbers):
        return Correction(slot="time", value=value)
    if slot:
        return Correction(slot=slot, value=value)
    category: Category | None = community.categories.classify(value)
    return Correction(slot="category" if category else "", value=value)
