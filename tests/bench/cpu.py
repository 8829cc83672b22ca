"""Processor time of processes, which does not depend on what else the machine does."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def session_of(*leaders: int) -> Callable[[], float]:
    """Reads the seconds that these session leaders and everything in their sessions have spent."""
    return lambda: _seconds(lambda pid, parent, session: session in leaders)


def children_of(pid: int) -> Callable[[], float]:
    """The same for a process and those it started."""
    return lambda: _seconds(lambda own, parent, session: pid in (own, parent))


def together(readers: Iterable[Callable[[], float]]) -> Callable[[], float]:
    several = tuple(readers)
    return lambda: sum(read() for read in several)


def _seconds(wanted: Callable[[int, int, int], bool]) -> float:
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if wanted(int(stat.parent.name), int(fields[1]), int(fields[3])):
            total += (int(fields[11]) + int(fields[12])) / _TICKS  # user, system
    return total
