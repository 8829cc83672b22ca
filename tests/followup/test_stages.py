"""Deadlines and stages on the Chinese working calendar."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.followup.stages import deadline, stages
from bot.followup.working_days import KNOWN_UNTIL, after, is_working_day
from flows.profile import FollowUpRules

CHINA = ZoneInfo("Asia/Shanghai")
RULES = FollowUpRules()


def _at(month: int, day: int, hour: int = 9, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("asked", "urgency", "category", "due"),
    [
        (_at(11, 24), "urgent", "leak", _at(11, 25, 0)),
        (_at(11, 24), "emergency", "gas", _at(11, 25, 0)),
        # In the evening “the same day” would be no time at all.
        (_at(11, 24, 21), "urgent", "leak", _at(11, 25, 12)),
        # What is urgent is so on a Saturday, too.
        (_at(11, 28), "urgent", "leak", _at(11, 29, 0)),
        (_at(11, 24), "normal", "policy_question", _at(11, 28, 0)),
        (_at(11, 24), "normal", "lighting", _at(12, 12, 0)),
        # National Day: 1 to 7 October; Sunday 20 September and Saturday 10 October are worked.
        (_at(9, 30), "normal", "policy_question", _at(10, 11, 0)),
        (_at(9, 18), "normal", "policy_question", _at(9, 23, 0)),
        # On a Friday, Monday to Friday of a year whose holidays nobody has published.
        (_at(1, 8, year=2049), "normal", "suggestion", _at(1, 14, 0, year=2049)),
    ],
)
def test_deadlines(asked: datetime, urgency: str, category: str, due: datetime) -> None:
    assert deadline(asked, urgency, category, RULES, CHINA) == due


def test_a_profile_changes_one_deadline_and_keeps_the_others() -> None:
    rules = FollowUpRules(deadlines={"elevator": 1})
    assert deadline(_at(11, 24), "normal", "elevator", rules, CHINA) == _at(11, 26, 0)
    assert deadline(_at(11, 24), "normal", "noise", rules, CHINA) == _at(12, 12, 0)


def test_the_calendar_has_this_year() -> None:
    assert KNOWN_UNTIL >= 2026
    assert is_working_day(_at(2, 14).date())
    assert not is_working_day(_at(2, 17).date())
    assert after(_at(2, 14).date(), 1) == _at(2, 24).date()


def test_reminders_lie_around_the_deadline() -> None:
    since, due = _at(11, 24), _at(12, 12, 0)
    plan = stages("work", since, due, RULES, CHINA)
    assert [(stage.name, stage.due) for stage in plan] == [
        ("remind", _at(12, 10)),
        ("overdue", due),
        ("escalate", _at(12, 15, 0)),
    ]


def test_a_matter_of_the_same_day_is_reminded_of_half_way() -> None:
    plan = stages("work", _at(11, 24, 10), _at(11, 25, 0), RULES, CHINA)
    assert plan[0].due == _at(11, 24, 17)


@pytest.mark.parametrize("kind", ["work", "draft", "verdict"])
def test_stages_are_in_order(kind: str) -> None:
    for hours in range(0, 24 * 40, 7):
        since = _at(9, 1, 0) + timedelta(hours=hours)
        for category in ("policy_question", "other"):
            for urgency in ("normal", "urgent"):
                due = deadline(since, urgency, category, RULES, CHINA)
                dues = [stage.due for stage in stages(kind, since, due, RULES, CHINA)]
                assert dues == sorted(dues)
                assert since < dues[0]
    assert stages("", _at(11, 24), None, RULES, CHINA) == ()
