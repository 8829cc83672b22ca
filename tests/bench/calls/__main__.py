"""`python -m tests.bench.calls`: N real calls at once over SIP and RTP, with real speech and real
recognition, into a real `linsheng serve` on this machine.

A call is right when the ticket that its caller meant stands in Open311. The reply's delay is
counted from the caller's last sound to the first sound that came back, lateness from one packet
to the next, both where the caller hears them. Beside them: what bare Vosk does with the same
sound (`ceiling`), in the same run. `--quick`: 1 and 5 calls.
"""

import argparse
import dataclasses
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from tests.bench.calls.callers import Plan, Result
from tests.bench.calls.ceiling import CORES, ceiling
from tests.bench.calls.sentences import sentences
from tests.bench.calls.watch import Peak, cpu
from tests.bench.table import table
from tests.support.service import ROOT, ServiceProcess

AT_ONCE = (1, 5, 10, 20, 30)
_AT_LEAST = 3
"""Calls made in every row, in rounds where fewer are at once."""
_HEAD = (
    "calls at once", "right tickets", "delay P50 s", "P95", "late packets", "lost", "worst gap ms",
    "service CPU cores", "memory MB", "callers' CPU",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.calls")
    parser.add_argument("--quick", action="store_true", help="1 and 5 calls only")
    parser.add_argument("--calls", type=int, nargs="*", help="other numbers of calls at once")
    arguments = parser.parse_args()
    at_once = arguments.calls or (AT_ONCE[:2] if arguments.quick else AT_ONCE)
    sentences(max(n * _rounds(n) for n in at_once))
    rows, spoken, said, decoded = [], 0.0, 0.0, []
    for number in at_once:
        result, cores, mb = _calls(number)
        spoken, said = spoken + result.spoken, said + result.said
        decoded.append((number, result, cores))
        rows.append(_row(number, result, cores, mb))
        print(f"{number} at once: {result.right}/{result.calls}", *result.wrong, file=sys.stderr)
    for line in table(_HEAD, rows):
        print(line)
    share = said / spoken
    print(f"\nload of the machine: {' '.join(f'{load:.1f}' for load in os.getloadavg())}")
    print(f"callers speak {share:.0%} of the time; on {CORES} cores bare Vosk decodes at once:")
    whole, speech = ceiling(1 / share - 1), ceiling()
    print(f"  whole calls, silence and all   {whole.threads:.1f} in threads, ", end="")
    print(f"{whole.processes:.1f} in processes")
    print(f"  speech without a pause         {speech.threads:.1f} in threads, ", end="")
    print(f"{speech.processes:.1f} in processes")
    best = max((n for n, result, _ in decoded if _holds(result)), default=0)
    most = max(whole.threads, whole.processes)
    print(f"calls sustained (all right, P95 ≤ 1.8 s, no packet in 1,000 late): {best}, ", end="")
    print(f"{best / most:.0%} of the ceiling for whole calls")


def _rounds(at_once: int) -> int:
    return -(-_AT_LEAST // at_once)


def _calls(at_once: int) -> tuple[Result, float, float]:
    """The result, the service's CPU in cores, its most memory in MB."""
    home = Path(tempfile.mkdtemp(prefix="linsheng-bench-"))
    try:
        service = ServiceProcess(home)
        service.start(180)
        with closing(service):
            plan = Plan(service.port, service.url, at_once, _rounds(at_once))
            before = cpu(service.pid)
            with Peak(service.pid) as peak:
                done = subprocess.run(
                    [
                        sys.executable, "-m", "tests.bench.calls.callers",
                        json.dumps(dataclasses.asdict(plan)),
                    ],
                    cwd=ROOT, check=True, capture_output=True, text=True,
                )  # fmt: skip
            result = Result(**json.loads(done.stdout))
            return result, (cpu(service.pid) - before) / result.seconds, peak.mb
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _row(at_once: int, result: Result, cores: float, mb: float) -> list[object]:
    delays = sorted(delay for _, delay in result.delays)
    return [
        at_once,
        f"{result.right}/{result.calls}",
        f"{statistics.median(delays):.2f}" if delays else "-",
        f"{_percentile(delays, 0.95):.2f}" if delays else "-",
        f"{result.late} ({result.late / max(1, result.packets):.2%})",
        result.lost,
        round(1000 * result.worst),
        f"{cores:.2f}",
        round(mb),
        f"{result.cpu / result.seconds:.0%}",
    ]


def _holds(result: Result) -> bool:
    delays = sorted(delay for _, delay in result.delays)
    return (
        result.right == result.calls
        and bool(delays)
        and _percentile(delays, 0.95) <= 1.8
        and result.late + result.lost <= result.packets / 1000
    )


def _percentile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


if __name__ == "__main__":
    main()
