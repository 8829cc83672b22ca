"""What is kept of a resident beyond one conversation, so that nobody has to say it twice."""

from bot.storage.tables import Resident
from flows.effects import Pace
from flows.report import Report


def remember_pace(resident: Resident, pace: Pace) -> None:
    """“慢一点” holds for the next call, too."""
    resident.pace = pace.value


def remember_report(resident: Resident, report: Report) -> None:
    """Phone and name as they gave them for a report that stands."""
    if report.phone and report.phone != resident.phone:
        resident.phone = report.phone
    if report.name and report.name != resident.name:
        resident.name = report.name
