"""What a service uses: CPU and memory of all its processes, read from `/proc`."""

import os
import threading
from pathlib import Path

_HZ = os.sysconf("SC_CLK_TCK")


def session(leader: int) -> list[int]:
    """The processes of the session that this one leads."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        fields = _fields(stat)
        if fields and int(fields[3]) == leader:
            found.append(int(stat.parent.name))
    return found


def cpu(leader: int) -> float:
    """CPU seconds of its processes so far, with those of children that ended."""
    ticks = 0
    for pid in session(leader):
        fields = _fields(Path(f"/proc/{pid}/stat"))
        ticks += sum(map(int, fields[11:15])) if fields else 0
    return ticks / _HZ


def memory(leader: int) -> float:
    """MB, with what processes share counted once."""
    total = 0
    for pid in session(leader):
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


class Peak:
    """The most memory used while the block runs."""

    def __init__(self, leader: int) -> None:
        self.mb = 0.0
        self._leader = leader
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Peak":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(2.0):
            self.mb = max(self.mb, memory(self._leader))


def _fields(stat: Path) -> list[str]:
    """Those after the name, from the state on; empty when the process is gone."""
    try:
        return stat.read_text().rpartition(")")[2].split()
    except OSError:
        return []
