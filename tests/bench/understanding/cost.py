"""What understanding costs: time for a turn, time to learn, size."""

import time
from collections.abc import Callable, Iterator

from flows.channel import Channel
from flows.community import Community
from flows.heard import Heard, HeardKind
from flows.step import begin, step
from flows.understanding.leaning import learn_answers
from flows.understanding.learn import learn
from flows.understanding.second_opinion import learn_dangers
from locales.built import category_model, path_of
from tests.bench.table import table
from tests.bench.understanding.texts import read
from tests.flows.conftest import AT

TITLE = "Cost, on one core of this machine"


def lines(community: Community) -> Iterator[str]:
    texts = [row.text for row in read("held_out_reports")]
    yield from table(
        ("", "median ms", "95th ms"),
        [
            ("category of a text", *_spread(texts, community.categories.classify)),
            ("a whole turn, `flows.step`", *_spread(texts, lambda text: _turn(text, community))),
        ],
    )
    yield ""
    start = time.process_time()
    learn(community.lexicon)
    learn_dangers(community.lexicon)
    learn_answers(community.lexicon)
    yield f"Learning from the examples: {time.process_time() - start:.1f} s of one core."
    start = time.perf_counter()
    category_model(community.lexicon)
    yield f"Loading what was learned: {(time.perf_counter() - start) * 1000:.0f} ms."
    for name in ("categories", "dangers", "answers"):
        size = path_of(name, community.lexicon).stat().st_size
        yield f"The file of {name}: {size / 1024:.0f} KiB."


def _spread(texts: list[str], work: Callable[[str], object]) -> tuple[float, float]:

    work(texts[0])
    spent = []
    for text in texts:
        start = time.process_time()
        work(text)
        spent.append((time.process_time() - start) * 1000)
    spent.sort()
    return spent[len(spent) // 2], spent[len(spent) * 95 // 100]


def _turn(text: str, community: Community) -> None:
    heard = Heard(kind=HeardKind.SPEECH, text=text, at=AT, number="200028")
    step(begin("bench", Channel.PHONE), heard, community)
