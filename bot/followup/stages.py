"""When which thing is done for a ticket that nobody does anything about. Pure: time comes in."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.followup import working_days
from bot.tickets.states import UNDER_WAY
from flows.profile import FollowUpRules

LATE = time(18)
"""What is urgent and reported after this is due by noon of the next day, not by midnight."""


@dataclass(frozen=True)
class Stage:
    name: str
    """`remind`, `overdue`, `escalate`; `ask_again`, `close`."""
    due: datetime


def phase(state: str) -> str:
    """Between two changes of phase the stages stay as they are: taking a ticket in hand does not
    put its deadline off.

    >>> phase("assigned"), phase("resolved"), phase("closed")
    ('work', 'verdict', '')
    """
    if state in UNDER_WAY:
        return "work"
    return {"draft": "draft", "resolved": "verdict"}.get(state, "")


def deadline(
    since: datetime, urgency: str, category: str, rules: FollowUpRules, zone: ZoneInfo
) -> datetime:
    """The end of the working day by which it should be done.

    >>> asked = datetime(2026, 9, 30, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    >>> f"{deadline(asked, 'normal', 'policy_question', FollowUpRules(), asked.tzinfo)}"
    '2026-10-11 00:00:00+08:00'
    >>> f"{deadline(asked, 'urgent', 'leak', FollowUpRules(), asked.tzinfo)}"
    '2026-10-01 00:00:00+08:00'
    """
    local = since.astimezone(zone)
    allowed = rules.deadlines
    days = allowed.get(urgency, allowed.get(category, allowed["default"]))
    if not days and local.time() >= LATE:
        return datetime.combine(local.date() + timedelta(days=1), time(12), zone)
    return _end(working_days.after(local.date(), days), zone)


def stages(
    kind: str, since: datetime, due: datetime | None, rules: FollowUpRules, zone: ZoneInfo
) -> tuple[Stage, ...]:
    """All of a phase that began at `since`, in order."""
    if kind == "work" and due is not None:
        day = (due.astimezone(zone) - timedelta(microseconds=1)).date()
        early = _end(working_days.before(day, rules.remind_before), zone) - timedelta(hours=15)
        # Where that is no warning any more (the same day), half of the time is.
        warning = early if early > since else since + (due - since) / 2
        last = _end(working_days.after(day, rules.escalate_after), zone)
        return (
            Stage("remind", min(warning, due)),
            Stage("overdue", due),
            Stage("escalate", max(last, due)),
        )
    if kind == "draft":
        # What was cut off is for a volunteer to complete: by the end of the next working day.
        day = working_days.after(since.astimezone(zone).date(), 1)
        return (Stage("remind", _end(day, zone)),)
    if kind == "verdict":
        return (
            Stage("ask_again", since + timedelta(days=rules.ask_again_after)),
            Stage("close", since + timedelta(days=rules.close_after)),
        )
    return ()


def _end(day: date, zone: ZoneInfo) -> datetime:
    """Midnight at the end of the day."""
    return datetime.combine(day + timedelta(days=1), time(), zone)
