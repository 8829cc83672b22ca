from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from locales.spoken.numbers import Numbers


class Dates(BaseModel):
    """How days, hours and durations are said; “now” always comes from outside."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    near: dict[int, str]
    """Days from today: `{-1: 昨天}`."""
    weeks: dict[int, str]
    """Weeks from this one: `{-1: 上个}`."""
    week: str
    """What stands before a weekday: 礼拜."""
    weekdays: tuple[str, ...]
    """From Monday."""
    years: dict[int, str]
    """Years from this one: `{-1: 去年}`."""
    day_form: str
    """With `{month}` and `{day}`."""
    year_form: str
    """With `{year}`."""
    periods: dict[int, str]
    """Names of the parts of a day by the hour they begin with."""
    hour: str
    half: str
    quarter: str
    minute: str
    spans: dict[str, str]
    """`minutes`, `half_hour`, `hours`, `hours_and_half`, `days`, `weeks`, with `{count}`."""

    def day(self, numbers: Numbers, at: date, today: date | None) -> str:
        """“昨天”, “上个礼拜三”, “十一月二十三号”, “去年十二月一号”."""
        if today is not None:
            if name := self.near.get((at - today).days):
                return name
            apart = (_monday(at) - _monday(today)) // 7
            if apart in self.weeks:
                return self.weeks[apart] + self.week + self.weekdays[at.weekday()]
        said = self.date(numbers, at.month, at.day)
        if today is None or at.year == today.year:
            return said
        year = self.years.get(at.year - today.year) or self.year(numbers, str(at.year))
        return year + said

    def date(self, numbers: Numbers, month: int, day: int) -> str:
        return self.day_form.format(month=numbers.cardinal(month), day=numbers.cardinal(day))

    def year(self, numbers: Numbers, figures: str) -> str:
        return self.year_form.format(year=numbers.year(figures))

    def moment(self, numbers: Numbers, at: datetime, now: datetime | None) -> str:
        """“今天早上八点半”; both in the community's time zone."""
        day = self.day(numbers, at.date(), now.date() if now else None)
        return day + self.clock(numbers, at.hour, at.minute)

    def clock(self, numbers: Numbers, hour: int, minute: int, *, period: bool = True) -> str:
        """“下午两点半”; 24 hours in, 12 out. period: name the part of the day."""
        name = self.periods[max(h for h in self.periods if h <= hour % 24)] if period else ""
        twelve = hour % 12 or (12 if hour else 0)
        said = name + numbers.count(twelve) + self.hour
        if minute in (15, 30):
            return said + (self.half if minute == 30 else self.quarter)
        if not minute:
            return said
        zero = numbers.cardinals[0] if minute < 10 else ""
        return said + zero + numbers.cardinal(minute) + self.minute

    def span(self, numbers: Numbers, minutes: int) -> str:
        """A duration, rounded as people do: “半个小时”, “一个半小时”, “三天”, “两个礼拜”."""
        if minutes == 30:
            return self.spans["half_hour"]
        if minutes < 60:
            return self._span(numbers, "minutes", max(1, minutes))
        hours, rest = divmod(minutes, 60)
        if hours < 24:
            if 15 <= rest < 45:
                return self._span(numbers, "hours_and_half", hours)
            return self._span(numbers, "hours", hours + (rest >= 45))
        days = round(minutes / 1440)
        if days % 7 == 0:
            return self._span(numbers, "weeks", days // 7)
        return self._span(numbers, "days", days)

    def _span(self, numbers: Numbers, form: str, count: int) -> str:
        return self.spans[form].format(count=numbers.count(count))


def _monday(at: date) -> int:
    return at.toordinal() - at.weekday()
