"""Whether the category's confidence means what it says."""

from collections.abc import Iterator

from flows.community import Community
from flows.report import SURE_CATEGORY
from tests.bench.table import table
from tests.bench.understanding.contenders import contenders
from tests.bench.understanding.measure import (
    answer,
    calibration_error,
    coverage,
    precision,
    reliability,
)
from tests.bench.understanding.texts import SETS, read

TITLE = "Category: confidence"


def lines(community: Community) -> Iterator[str]:
    classify = contenders(community)["linsheng"]
    answered = {name: answer(read(name), classify) for name in SETS}
    yield f"Taken without asking: confidence {SURE_CATEGORY} or more."
    yield ""
    yield from table(
        ("texts", "calibration error", "taken without asking", "of these right"),
        [
            (name, calibration_error(rows), coverage(rows), precision(rows))
            for name, rows in answered.items()
        ],
    )
    yield ""
    held_out = [*answered["held_out_reports"], *answered["held_out_tickets"]]
    yield "Reliability, both held-out sets:"
    yield ""
    yield from table(
        ("mean confidence", "share right", "n"),
        [(f"{mean:.2f}", right, n) for mean, right, n in reliability(held_out)],
    )
