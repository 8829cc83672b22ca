"""What is compared: the category model, and two baselines built from the same lexicon."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from flows.community import Community
from flows.lexicon import Lexicon
from flows.report import Category
from flows.understanding.category import CategoryModel
from flows.understanding.gist import gist
from flows.understanding.learn import NOTHING, Example, examples, learn
from flows.understanding.svm import Row, train

Classify = Callable[[str], Category | None]


def contenders(community: Community) -> dict[str, Classify]:
    """By name; the category model as the service has it first."""
    lexicon = community.lexicon
    return {
        "linsheng": community.categories.classify,
        "character n-gram SVM": ngram_svm(lexicon, examples(lexicon)),
        "keyword lexicon": keywords(lexicon),
    }


def learned(lexicon: Lexicon, shown: Sequence[Example]) -> Classify:
    """The category model from some of the examples only."""
    return CategoryModel(lexicon, learn(lexicon, shown)).classify


def keywords(lexicon: Lexicon) -> Classify:
    """Baseline: counts the lexicon's words, a strong one as four weak ones; `other` without any."""

    def classify(text: str) -> Category | None:
        plain = gist(text, lexicon)
        counts = {
            code: sum(4 for word in words.strong if word in plain)
            + sum(1 for word in words.weak if word in plain)
            for code, words in lexicon.categories.items()
        }
        best = sorted(counts, key=lambda code: (-counts[code], code != "other"))[:3]
        share = counts[best[0]] / (sum(counts.values()) or 1)
        return Category(code=best[0], confidence=share, top=tuple(best))

    return classify


def ngram_svm(lexicon: Lexicon, shown: Iterable[Example]) -> Classify:
    """Baseline: tf-idf of character 1-3-grams, linear SVM; the lexicon's words are not used."""
    codes = tuple(lexicon.categories)
    pairs = [(gist(text, lexicon), code) for code, text in shown if code != NOTHING]
    found = [set(_ngrams(text)) for text, _ in pairs]
    counted = Counter(gram for one in found for gram in one)
    known = {gram: at for at, gram in enumerate(sorted(counted))}
    idf = {gram: math.log((1 + len(pairs)) / (1 + n)) + 1 for gram, n in counted.items()}

    def row(text: str) -> Row:
        grams = [(gram, n) for gram, n in _ngrams(text).items() if gram in known]
        values = np.array([(1 + math.log(n)) * idf[gram] for gram, n in grams] + [0.0])
        values /= float(np.linalg.norm(values)) or 1.0
        values[-1] = 1.0
        return np.array([*(known[gram] for gram, _ in grams), len(known)], dtype=np.int64), values

    rows = [row(text) for text, _ in pairs]
    weights = train(rows, [codes.index(code) for _, code in pairs], len(known) + 1, len(codes))

    def classify(text: str) -> Category | None:
        which, values = row(gist(text, lexicon))
        scores = values @ weights[which]
        best = np.argsort(-scores, kind="stable")[:3]
        odds = np.exp(6 * (scores - scores.max()))
        top = tuple(codes[int(at)] for at in best)
        return Category(code=top[0], confidence=float(odds[best[0]] / odds.sum()), top=top)

    return classify


def _ngrams(text: str) -> Counter[str]:
    return Counter(text[at : at + n] for n in (1, 2, 3) for at in range(len(text) - n + 1))
