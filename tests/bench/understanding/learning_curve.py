"""What more examples would bring."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from flows.community import Community
from flows.understanding.learn import Example, examples
from tests.bench.table import table
from tests.bench.understanding.contenders import learned, ngram_svm
from tests.bench.understanding.folds import folds
from tests.bench.understanding.measure import accuracy, answer, top_three
from tests.bench.understanding.texts import Labelled, read

TITLE = "Category: examples for each category, and cross-validation over them"
EACH = (5, 10, 20, 40)
FOLDS = 5


def lines(community: Community) -> Iterator[str]:
    lexicon = community.lexicon
    shown = list(examples(lexicon))
    yield from table(
        ("examples each", "reports", "top 3", "tickets", "top 3", "reports, n-gram SVM"),
        [_row(community, each, _some(shown, each)) for each in EACH]
        + [_row(community, f"all {len(shown)}", shown)],
    )
    yield ""
    fold = folds([text for _, text in shown], FOLDS)
    answered = []
    for at in range(FOLDS):
        classify = learned(lexicon, [e for e, f in zip(shown, fold, strict=True) if f != at])
        left_out = [e for e, f in zip(shown, fold, strict=True) if f == at and e[0]]
        answered += answer([Labelled(*one) for one in left_out], classify)
    yield (
        f"Cross-validation, {FOLDS} folds by phrasing, {len(answered)} examples: "
        f"accuracy {accuracy(answered):.3f}, top 3 {top_three(answered):.3f}. Many examples stand "
        "on the border to a near category on purpose, so this is harder than what residents say."
    )


def _row(community: Community, each: object, shown: Sequence[Example]) -> tuple[object, ...]:
    classify = learned(community.lexicon, shown)
    cells: list[object] = [each]
    for name in ("held_out_reports", "held_out_tickets"):
        answered = answer(read(name), classify)
        cells += [accuracy(answered), top_three(answered)]
    baseline = answer(read("held_out_reports"), ngram_svm(community.lexicon, shown))
    return (*cells, accuracy(baseline))


def _some(shown: Sequence[Example], each: int) -> list[Example]:
    """So many of each category, evenly from what residents say and what operators write."""
    by_code: dict[str, list[Example]] = defaultdict(list)
    for example in shown:
        by_code[example[0]].append(example)
    return [
        mine[at * len(mine) // count]
        for mine in by_code.values()
        for count in [min(each, len(mine))]
        for at in range(count)
    ]
