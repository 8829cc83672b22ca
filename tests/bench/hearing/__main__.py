"""`make bench-hearing`: per cent of characters / toneless syllables / slots wrong by condition, for
bare Vosk, for what the service does, and for Whisper base where it can be had; what each costs; and
how well it is known what was heard. `FOLDER=…`: recordings with transcripts as well."""

import argparse
import os
import resource
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from flows.community import Community
from locales.load import load_community
from tests.bench.hearing import ears
from tests.bench.hearing.calibration import Example, load, report, save
from tests.bench.hearing.conditions import Conditions, alaw, conditions, samples_of
from tests.bench.hearing.said import Said, recordings, sentences
from tests.bench.hearing.score import Score, score
from tests.bench.hearing.studio import Studio
from tests.bench.hearing.suppressors import suppressors
from tests.bench.table import table
from voice.models.catalogue import VOSK_SMALL
from voice.recognition.trust import features
from voice.recognition.vosk import VoskRecogniser
from voice.sound import Sound

HOME = Path(__file__).parents[3] / ".linsheng"
KEPT = HOME / "cache" / "hearing" / "examples.jsonl"
"""What was heard at the last run, to fit the model of trust again."""
_QUICK = 6
_OTHERS = 8
"""Sentences that babble and television are made of."""
_STRIDE = 7
"""Sentences are heard in this stride: what is stopped early has heard every kind of them."""


class Bench:
    def __init__(self, listeners: Sequence[ears.Ear], community: Community) -> None:
        self.listeners = listeners
        self.examples: list[Example] = []
        self._community = community
        self._scores: dict[str, dict[str, Score]] = {}

    def take(self, said: Said, condition: str, sound: Sound) -> None:
        row = self._scores.setdefault(condition, defaultdict(Score))
        for ear in self.listeners:
            heard = ear(sound)
            got, outcome = score(said, heard.text, heard.alternatives, self._community)
            row[ear.name] += got
            if ear.name == "ours" and heard.text:
                example = Example(said.text, condition, features(heard), outcome, heard.text)
                self.examples.append(example)
                save(example, KEPT)

    def _noise(self) -> list[list[str]]:
        """Of the speech, to what the noise meter took for noise; 30 is its most."""
        found: dict[str, list[float]] = defaultdict(list)
        for example in self.examples:
            found[example.condition].append(10 * example.features["snr"])
        return [
            [name, f"{statistics.mean(ratios):.0f}", f"{statistics.pstdev(ratios):.1f}"]
            for name, ratios in found.items()
        ]

    def print(self) -> None:
        names = [ear.name for ear in self.listeners]
        print("\nPer cent of characters / toneless syllables / slots wrong")
        rows = [[name, *(row[n].cells() for n in names)] for name, row in self._scores.items()]
        _print(("condition", *names), rows)
        _print(("condition", "dB measured, mean", "spread"), self._noise())
        costs = [
            [e.name, f"{e.cpu / max(e.sound, 1e-9):.2f}", f"{1000 * statistics.median(e.last):.0f}",
             f"{1000 * max(e.last):.0f}"]
            for e in self.listeners if e.last
        ]  # fmt: skip
        head = ("who", "CPU s a second", "ms from end of sound to words, median", "worst")
        _print(head, costs)
        heard = len({e.sentence for e in self.examples})
        print(f"\n{heard} sentences; load {os.getloadavg()[0]:.1f} at the end.")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"Peak memory of this process, all of them in it: {peak:.0f} MB.")


def main() -> None:
    options = _options()
    if options.fit:
        print("\n".join(report(load(KEPT))))
        return
    KEPT.unlink(missing_ok=True)
    models = HOME / "models"
    studio = Studio(models, HOME / "cache" / "hearing")
    chosen = _spread(sentences(), options.sentences)
    cast = [samples_of(studio.speak(said.text, at)) for at, said in chosen[-_OTHERS:]]
    through = {
        name: each
        for name, each in conditions(cast).items()
        if not options.only or any(part in name for part in options.only)
    }
    bench = Bench(_listeners(models, options), load_community())
    if options.folder:
        for said, sound in recordings(options.folder):
            bench.take(said, f"{options.folder.name}, as it is", sound)
            bench.take(said, f"{options.folder.name}, A-law", alaw(samples_of(sound)))
    until = time.monotonic() + 60 * options.minutes
    for said, condition, sound in _sounds(chosen, studio, through, options.every, until):
        bench.take(said, condition, sound)
    bench.print()
    if bench.examples:
        print("\n" + "\n".join(report(bench.examples)))


def _sounds(
    chosen: list[tuple[int, Said]],
    studio: Studio,
    through: Conditions,
    every: int,
    until: float,
) -> Iterator[tuple[Said, str, Sound]]:
    """Sentence by sentence: what is stopped in between has seen all conditions.

    until: of the monotonic clock; no sentence is begun after it.
    """
    for place, (take, said) in enumerate(chosen):
        if time.monotonic() > until:
            break
        for at, (name, condition) in enumerate(through.items()):
            if (place + at) % every == 0:
                yield said, name, condition(studio.speak(said.text, take), take)
        print(f"{place + 1} of {len(chosen)}: {said.text}", file=sys.stderr, flush=True)


def _listeners(models: Path, options: argparse.Namespace) -> list[ears.Ear]:
    found = [ears.ours(VoskRecogniser(models / VOSK_SMALL))]
    if options.ours:
        return found
    found.insert(0, ears.bare(models))
    if options.suppress:
        found += [ears.behind(suppress, name, models) for name, suppress in suppressors()]
        return found
    other = ears.second(models, lambda line: print(line, file=sys.stderr))
    return [*found, other] if other else found


def _spread(said: list[Said], count: int) -> list[tuple[int, Said]]:
    """So many of them, of all kinds, each with the number that picks its voice and pace."""
    numbered = list(enumerate(said))
    step = max(1.0, len(numbered) / count)
    some = [numbered[int(at * step)] for at in range(min(count, len(numbered)))]
    return [one for start in range(_STRIDE) for one in some[start::_STRIDE]]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-hearing", description=__doc__)
    parser.add_argument("--sentences", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=1e9, help="end after the sentence then")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--quick", action="store_true", help=f"{_QUICK} sentences")
    parser.add_argument("--only", nargs="*", help="conditions that contain one of these")
    parser.add_argument("--every", type=int, default=1, help="each condition with one in so many")
    parser.add_argument("--ours", action="store_true", help="nobody else listens")
    parser.add_argument("--suppress", action="store_true", help="noise suppressors, no Whisper")
    parser.add_argument("--fit", action="store_true", help="only fit what was heard last")
    options = parser.parse_args()
    if options.quick:
        options.sentences, options.every = _QUICK, 2
    return options


def _print(head: Sequence[object], rows: Sequence[Sequence[object]]) -> None:
    print()
    for line in table(head, rows):
        print(line, flush=True)


if __name__ == "__main__":
    main()
