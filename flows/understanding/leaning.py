"""What a short answer leans to, where no phrase of the lexicon decides: a linear model over its
characters and sounds, each by itself and together with what was asked, learned from the lexicon's
phrases and from examples of answers."""

from typing import NamedTuple

import numpy as np

from flows.lexicon import ANSWERS, AnswerWords, Lexicon
from flows.understanding.category import Learned
from flows.understanding.features import grams
from flows.understanding.linear import Linear, fit
from flows.understanding.normalise import normalise
from flows.understanding.phrases import written_out

_OPEN = "problem"
_YES_NO = ("readback", "filed", "resume", "verdict", "urgency", "contact", "place")
_ANYWHERE = ("person", "repeat", "slower", "louder", "wait", "stop", "status", "thanks")
_PHRASE = 0.25
"""What a phrase of the lexicon counts against an example."""


class Leaning(NamedTuple):
    answer: str
    """One of `ANSWERS`."""
    margin: float
    """How far the second lies behind."""


class AnswerModel:
    def __init__(self, lexicon: Lexicon, learned: Learned) -> None:
        self._stop = lexicon.answers.full_stop
        self._model = Linear(learned)

    def lean(self, text: str, asked: str | None) -> Leaning:
        """`text` is normalised."""
        scores = self._model.scores(_features(text, asked, self._stop))
        second, first = np.argsort(scores, kind="stable")[-2:]
        return Leaning(ANSWERS[int(first)], float(scores[first] - scores[second]))


def _features(text: str, asked: str | None, stop: str) -> dict[str, float]:
    # Beginning and end are characters, too: “好”, and the “好” of “好像”.
    found = grams(f"{stop}{text}{stop}")
    asked = asked or _OPEN
    both = [*found, *(f"{asked}:{gram}" for gram in found), asked]
    return dict.fromkeys(both, 1.0)


Example = tuple[str, str, str]
"""What was asked, one of `ANSWERS`, text."""


def examples(lexicon: Lexicon) -> list[Example]:
    """What people wrote as answers."""
    return [
        (asked, answer, text)
        for asked, answers in lexicon.answer_examples.root.items()
        for answer, texts in answers.items()
        for text in texts
    ]


def _phrases(lexicon: Lexicon) -> list[Example]:
    """The lexicon's phrases, and reports, which answer no question."""
    answers = lexicon.answers
    found: list[Example] = []

    def take(answer: str, words: AnswerWords, *asked: str) -> None:
        phrases = (*words.whole, *words.contains)
        found.extend((at, answer, text) for p in phrases for text in written_out(p) for at in asked)

    for at in _YES_NO:
        take("yes", answers.yes, at)
        take("no", answers.no, at)
    take("weak", answers.weak_yes, "readback")
    take("no", answers.nothing_more, "filed")
    take("yes", answers.more, "filed")
    take("no", answers.still_broken, "verdict")
    take("yes", answers.solved, "verdict")
    for at, step in answers.asked.items():
        take("yes", step.yes, at)
        take("no", step.no, at)
    for name in _ANYWHERE:
        take(name, getattr(answers, name), _OPEN)
    for words in (answers.chat, answers.complaint, answers.is_it_a_machine):
        take("chat", words, _OPEN)
    take("unknown", answers.dont_know, _OPEN)
    reports = [text for words in lexicon.categories.values() for text in words.examples]
    found += [(_OPEN, "report", text) for text in reports[::2]]
    for first, asked in enumerate(("filed", "readback", "verdict")):
        found += [(asked, "report", text) for text in reports[2 * first + 1 :: 6]]
    return found


def _anywhere(rows: list[Example]) -> list[Example]:
    """What means the same whatever was asked, said after two other questions, too."""
    more = [
        (asked, answer, text)
        for at, (_, answer, text) in enumerate(rows)
        if answer in (*_ANYWHERE, "chat")
        for asked in (_YES_NO[at % len(_YES_NO)], _YES_NO[(at + 3) % len(_YES_NO)])
    ]
    return list(dict.fromkeys((*rows, *more)))


def learn_answers(lexicon: Lexicon, shown: list[Example] | None = None) -> Learned:
    """shown: what to learn from instead of all examples."""
    own = _anywhere(examples(lexicon) if shown is None else shown)
    phrases = _phrases(lexicon)
    rows = [*own, *phrases]
    stop = lexicon.answers.full_stop
    found = [_features(normalise(text, stop), asked, stop) for asked, _, text in rows]
    labels = [ANSWERS.index(answer) for _, answer, _ in rows]
    costs = [1.0] * len(own) + [_PHRASE] * len(phrases)
    return fit(found, labels, len(ANSWERS), costs)
