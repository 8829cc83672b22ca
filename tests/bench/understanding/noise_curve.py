"""The category with more and more characters wrong."""

from collections.abc import Iterator

from flows.community import Community
from tests.bench.table import table
from tests.bench.understanding.contenders import contenders
from tests.bench.understanding.measure import accuracy, answer, top_three
from tests.bench.understanding.noise import corrupt
from tests.bench.understanding.texts import Labelled, read

TITLE = "Category: characters corrupted as recognisers corrupt"
SHARES = (0.0, 0.1, 0.2, 0.3, 0.4)
SEEDS = (1, 2, 3)


def lines(community: Community) -> Iterator[str]:
    yield "Accuracy / top 3, mean of three seeds, by share of characters wrong:"
    yield ""
    rows = []
    for name, classify in contenders(community).items():
        for set_ in ("held_out_reports", "held_out_tickets"):
            cells = []
            for share in SHARES:
                seeds = SEEDS if share else SEEDS[:1]
                noisy = [
                    Labelled(row.code, corrupt(row.text, share, seed))
                    for seed in seeds
                    for row in read(set_)
                ]
                answered = answer(noisy, classify)
                cells.append(f"{accuracy(answered):.3f} / {top_three(answered):.3f}")
            rows.append((name, set_, *cells))
    yield from table(("", "texts", *(f"{share:.0%}" for share in SHARES)), rows)
