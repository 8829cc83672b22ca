"""The category on every set of texts, beside two baselines, and where it errs."""

from collections import Counter
from collections.abc import Iterator

from flows.community import Community
from tests.bench.table import table
from tests.bench.understanding.contenders import contenders
from tests.bench.understanding.measure import Answered, accuracy, answer, macro_f1, top_three
from tests.bench.understanding.texts import SETS, read

TITLE = "Category: which of the 28 kinds"


def lines(community: Community) -> Iterator[str]:
    rows = []
    ours: list[Answered] = []
    for name, classify in contenders(community).items():
        for set_ in SETS:
            answered = answer(read(set_), classify)
            figures = accuracy(answered), macro_f1(answered), top_three(answered)
            rows.append((name, set_, len(answered), *figures))
            if name == "linsheng" and set_ != "colloquial_dev":
                ours += answered
    yield from table(("", "texts", "n", "accuracy", "macro-F1", "top 3"), rows)
    yield ""
    for name, what in SETS.items():
        yield f"{name}: {what}."
    yield ""
    yield "By category, both held-out sets together, and what it was most often taken for:"
    yield ""
    yield from table(("category", "n", "right", "taken for"), _confusion(ours))


def _confusion(answered: list[Answered]) -> Iterator[tuple[str, int, float, str]]:
    for code in dict.fromkeys(one.code for one in answered):
        mine = [one for one in answered if one.code == code]
        wrong = Counter(one.found.code if one.found else "-" for one in mine if not one.right)
        taken = ", ".join(f"{n} {other}" for other, n in wrong.most_common(3))
        yield code, len(mine), accuracy(mine), taken
