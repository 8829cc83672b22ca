"""The Chinese working calendar: public holidays, and the weekends worked to make up for them."""

from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

KNOWN_UNTIL = max(chinese_calendar.constants.holidays).year
"""The last year whose holidays the library has. The State Council publishes each year's in the
November before; until the library is renewed, later years count Monday to Friday."""


@lru_cache(4096)
def is_working_day(day: date) -> bool:
    """
    >>> is_working_day(date(2026, 10, 10)), is_working_day(date(2026, 10, 7))  # a made-up Saturday
    (True, False)
    >>> is_working_day(date(2099, 1, 1))  # a Thursday nobody knows anything about
    True
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def after(day: date, count: int) -> date:
    """The count-th working day after `day`; `day` itself for 0.

    >>> after(date(2026, 9, 30), 1)  # the National Day holiday lies between
    datetime.date(2026, 10, 8)
    """
    return _walk(day, count, timedelta(days=1))


def before(day: date, count: int) -> date:
    """
    >>> before(date(2026, 10, 8), 1)
    datetime.date(2026, 9, 30)
    """
    return _walk(day, count, timedelta(days=-1))


def _walk(day: date, count: int, step: timedelta) -> date:
    while count:
        day += step
        count -= is_working_day(day)
    return day
