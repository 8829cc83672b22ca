"""Prints the sections named on the command line, or all."""

import sys
import time

from locales.load import load_community
from tests.bench.understanding import (
    answers,
    calibration,
    category,
    cost,
    emergencies,
    learning_curve,
    noise_curve,
    place,
)

SECTIONS = {
    "category": category,
    "calibration": calibration,
    "noise": noise_curve,
    "places": place,
    "learning": learning_curve,
    "emergencies": emergencies,
    "answers": answers,
    "cost": cost,
}


def main(names: list[str]) -> None:
    community = load_community()
    for name in names or SECTIONS:
        section = SECTIONS[name]
        print(f"\n## {section.TITLE}\n", flush=True)
        start = time.perf_counter()
        for line in section.lines(community):
            print(line, flush=True)
        print(f"\n({name}: {time.perf_counter() - start:.0f} s)", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
