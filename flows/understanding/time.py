"""When it happened: “昨天夜里两三点”, “老早就”, “三天了” to an interval."""

import re
from datetime import date, datetime, timedelta

from chinese_calendar.constants import holidays

from flows.lexicon import NumberWords, TimeWords
from flows.report import Period
from flows.understanding.numbers import symbol, value
from flows.understanding.phrases import pattern

_LONGEST_HOLIDAY = 10
"""Days; what lies further back is last year's."""


def find_time(text: str, at: datetime, times: TimeWords, numbers: NumberWords) -> Period | None:
    """The interval meant, never after `at` by more than the part of the day named; None if none."""
    found = _interval(text, at, times, numbers)
    if found and found.start < at and re.search(pattern(times.until_now), text):
        return Period(start=found.start, end=at)
    return found


def _interval(text: str, at: datetime, times: TimeWords, numbers: NumberWords) -> Period | None:
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    holiday = _holiday(text, at.date(), times)
    if holiday:
        since, until = ((day - at.date()).days for day in holiday)
        part = re.search(pattern(times.hours), text)
        hours = times.hours[part.group()] if part else (0, 24)
        return Period(
            start=midnight + timedelta(days=since, hours=hours[0]),
            end=midnight + timedelta(days=until, hours=hours[1]),
        )
    span = re.search(pattern(times.spans), text)
    day = _day(text, at, times)
    part = None if span and day is None else re.search(pattern(times.hours), text)
    if day is not None or part:
        base = midnight + timedelta(days=day or 0)
        start, end = times.hours[part.group()] if part else (0, 24)
        clock = _clock(text, times, numbers)
        if clock is not None and part:
            start, end = _within(clock, start, end)
        if day is None and base + timedelta(hours=start) > at:
            # “半夜”, said in the evening, is the last one.
            base -= timedelta(days=1)
        return Period(start=base + timedelta(hours=start), end=base + timedelta(hours=end))
    if span:
        first, last = times.spans[span.group()]
        return Period(start=at - timedelta(days=first), end=at - timedelta(days=last))
    for match in re.finditer(f"(.{{1,3}}?)({pattern(times.ago)})", text):
        for length in (3, 2, 1):
            symbols = [symbol(char, numbers) for char in match[1][-length:]]
            if len(symbols) == length and all(symbols):
                count = value("".join(s for s in symbols if s))
                if count and count < 1000:
                    days = count * times.ago[match[2]]
                    start_at = at - timedelta(days=min(days * 1.2, 36500))
                    return Period(start=start_at, end=at)
    return None


def _holiday(text: str, today: date, times: TimeWords) -> tuple[date, date] | None:
    """First and last day of the holiday named, the last that has begun; None if none is known."""
    found = re.search(pattern(times.holidays), text)
    if not found:
        return None
    name = times.holidays[found.group()]
    days = sorted(day for day, of in holidays.items() if of == name and day <= today)
    return next(((day, days[-1]) for day in days if (days[-1] - day).days < _LONGEST_HOLIDAY), None)


def _day(text: str, at: datetime, times: TimeWords) -> int | None:
    found = re.search(pattern(times.days), text)
    if found:
        return times.days[found.group()]
    weekday = re.search(f"({pattern(times.last_week)})?({pattern(times.weekdays)})", text)
    if not weekday:
        return None
    # A weekday named in a report lies behind us: the last one, and with “上” the one before Monday.
    back = (at.weekday() - times.weekdays[weekday[2]]) % 7
    if weekday[1] and back <= at.weekday():
        back += 7
    return -back


def _clock(text: str, times: TimeWords, numbers: NumberWords) -> tuple[int, int] | None:
    """Hours named by the clock: “两三点” is from 2 to 4."""
    for match in re.finditer(f"(.{{1,3}}?)({pattern(times.clock)})", text):
        run = ""
        for char in reversed(match[1]):
            found = symbol(char, numbers)
            if found is None:
                break
            run = found + run
        hour = value(run) if run else None
        if hour is None:
            continue
        if len(run) == 2 and run.isdigit() and int(run[1]) == int(run[0]) + 1:
            return int(run[0]), int(run[1]) + 1
        if 0 <= hour <= 24:
            return hour, hour + 1
    return None


def _within(clock: tuple[int, int], start: int, end: int) -> tuple[int, int]:
    """The clock's hours moved by twelves into the part of the day named, if they fit."""
    for shift in (0, 12, 24):
        if start <= clock[0] + shift < end:
            return clock[0] + shift, clock[1] + shift
    return start, end
