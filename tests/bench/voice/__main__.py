"""`make bench-voice`: what share of syllables is misheard, by voice, pace, kind and noise.

Toneless pinyin, because a recogniser's homophones are no fault of the voice. Everything goes
through 300–3400 Hz and A-law; the noise is pink, measured against what is said.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from locales.load import load_community
from locales.pronunciation import pronunciation
from locales.wording import load_wording
from tests.bench.table import table
from tests.bench.voice.ears import Ear, vosk, whisper
from tests.bench.voice.line import telephone
from tests.bench.voice.sentences import Sentence, numbers, sentences
from tests.bench.voice.voices import ESPEAK, PLAIN, PRODUCT, SLOW, Speaker, Studio
from tests.support.digits import DigitEar
from tests.voice.hearing import errors, syllables
from voice.models.catalogue import VOSK_SMALL

HOME = Path(__file__).parents[3] / ".linsheng"
NOISE: dict[str, float | None] = {"clean": None, "10 dB": 10.0, "5 dB": 5.0}


def main() -> None:
    options = _options()
    models = HOME / "models"
    community = load_community()
    wording = load_wording(community.profile)
    studio = Studio(models, HOME / "cache" / "bench", pronunciation(community.profile))
    every = sentences(community, wording, options.sentences)
    some = every[: options.compare]
    ears: dict[str, Ear | None] = {"Vosk": vosk(models), "Whisper base": whisper(models, _note)}
    listener = Listener(studio)
    print(
        f"\n{len(every)} sentences of the product, the first {len(some)} to compare voices."
        " Per cent of syllables misheard."
    )
    kinds = dict.fromkeys(sentence.kind for sentence in every)
    known = {kind: [each for each in every if each.kind == kind] for kind in kinds} | {"all": every}
    rows = [listener.row(kind, PRODUCT, them, "Vosk", ears["Vosk"]) for kind, them in known.items()]
    _print(("Kokoro by kind, heard by Vosk", *NOISE), rows)
    _digits(studio, numbers(wording, options.numbers), models)
    for name, ear in ears.items():
        if ear is not None:
            voices = (ESPEAK, PRODUCT, SLOW, PLAIN)
            rows = [listener.row(each.name, each, some, name, ear) for each in voices]
            _print((f"heard by {name}", *NOISE), rows)


class Listener:
    """Hears everything once."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._wrong: dict[tuple[str, Sentence, str, str], int] = {}

    def row(
        self, title: str, speaker: Speaker, texts: Sequence[Sentence], name: str, ear: Ear | None
    ) -> list[str]:
        """Per cent of syllables misheard, for each noise."""
        assert ear is not None
        said = sum(len(syllables(sentence.text)) for sentence in texts)
        row = [title]
        for noise, ratio in NOISE.items():
            wrong = sum(self._hear(speaker, each, name, ear, noise, ratio) for each in texts)
            row.append(f"{100 * wrong / said:.1f}")
        _note(f"{name}, {speaker.name}: {row}")
        return row

    def _hear(
        self,
        speaker: Speaker,
        sentence: Sentence,
        name: str,
        ear: Ear,
        noise: str,
        ratio: float | None,
    ) -> int:
        key = speaker.name, sentence, name, noise
        if key not in self._wrong:
            sound = telephone(self._studio.speak(speaker, sentence), ratio)
            self._wrong[key] = errors(sentence.text, ear(sound))
        return self._wrong[key]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-voice", description=__doc__)
    parser.add_argument("--sentences", type=int, default=200)
    parser.add_argument("--compare", type=int, default=40)
    parser.add_argument("--numbers", type=int, default=500)
    parser.add_argument(
        "--quick", action="store_true", help="30 sentences, 14 compared, 30 numbers"
    )
    options = parser.parse_args()
    if options.quick:
        options.sentences, options.compare, options.numbers = 30, 14, 30
    return options


def _digits(studio: Studio, spoken: Iterable[tuple[str, Sentence]], models: Path) -> None:
    """Digits lost or exchanged, as somebody hears them who expects a number. Other words of the
    clause may come out as a digit too, so an addition is none of its faults."""
    ears = DigitEar(models / VOSK_SMALL)
    wrong, total, numbers_wrong = 0, 0, []
    for number, sentence in spoken:
        heard = ears.digits(telephone(studio.speak(PRODUCT, sentence))).replace(" ", "")
        steps = Levenshtein.editops(number, heard)
        bad = sum(step.tag != "insert" for step in steps)
        wrong, total = wrong + bad, total + len(number)
        if bad:
            numbers_wrong.append(f"{number} heard as {heard}")
            _note(numbers_wrong[-1])
    print(f"\nTicket numbers: {wrong} of {total} digits wrong, in {len(numbers_wrong)} numbers.")
    for line in numbers_wrong:
        print(f"  {line}")


def _print(head: tuple[str, ...], rows: list[list[str]]) -> None:
    print()
    for line in table(head, rows):
        print(line, flush=True)


def _note(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
