"""Whether somebody is there to take a call."""

from datetime import datetime, time

from bot.failure import Failure

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def is_open(hours: dict[str, str], at: datetime) -> bool:
    """Whether `at` (local time) lies in the profile's `working_hours`.

    Keys: a day's name, `weekdays`, `weekend`, `daily`, the closest one holds; values such as
    `08:30-17:30` or `08:30-12:00,13:30-17:30`, empty for a day off. No hours at all: always open.

    >>> is_open({"weekdays": "08:30-17:30"}, datetime(2026, 11, 23, 9, 0))  # a Monday
    True
    >>> is_open({"weekdays": "08:30-17:30"}, datetime(2026, 11, 22, 9, 0))
    False
    """
    if not hours:
        return True
    day = at.weekday()
    for key in (_DAYS[day], "weekdays" if day < 5 else "weekend", "daily"):
        if key in hours:
            return any(_within(part, at.time()) for part in hours[key].split(",") if part.strip())
    return False


def _within(span: str, at: time) -> bool:
    """A span past midnight (`20:00-06:00`) is open at both ends of the day."""
    first, _, last = span.strip().partition("-")
    start, end = time.fromisoformat(first.strip()), _until(last.strip())
    return start <= at < end if start < end else at >= start or at < end


def _until(text: str) -> time:
    return time.max if text == "24:00" else time.fromisoformat(text)


def check_hours(hours: dict[str, str]) -> None:
    """Raises `Failure` for hours nobody can read, at start-up rather than in somebody's call."""
    for key, value in hours.items():
        if key not in (*_DAYS, "weekdays", "weekend", "daily"):
            raise Failure(
                f"社区文件 working_hours 里不认识 {key!r}：可写 weekdays、weekend、daily。"
            )
        try:
            for part in filter(str.strip, value.split(",")):
                _within(part, time.min)
        except ValueError:
            raise Failure(
                f"社区文件 working_hours 的 {key} 写法有误：{value!r}，应像 08:30-17:30。"
            ) from None
