"""Does it help to listen knowing what was asked? `make bench-context`; `--every N` takes every
N-th sentence, `--half tuning` the half that the gates were set on, `--quick` no other readings.

Every sentence through a telephone line, clean and with pink noise at 15 and 10 dB, is heard once
and understood in five ways: as heard, with nine other readings, with a second hearing for what the
question expects, with it only where the first hearing is not sure, and with both.
"""

import argparse
import os
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime

from bot.dialogue.recognised import recognised
from bot.hearing.phrases import Phrases
from bot.hearing.second import found, is_sure
from flows.channel import Channel
from flows.community import Community
from flows.conversation import Conversation, StepName
from flows.expected import expected
from flows.steps.absorb import SURE_PLACE
from flows.understanding.heard_twice import understand_twice
from flows.understanding.understanding import Understanding
from locales.load import load_community
from tests.bench.context.sounds import HERE, Said, Sounds, said
from tests.bench.table import table
from tests.bench.voice.line import telephone
from voice.models.catalogue import VOSK_SMALL
from voice.recognition.protocol import Recogniser
from voice.recognition.vosk import VoskRecogniser

HOME = HERE.parents[2] / ".linsheng"
NOISES = (None, 15.0, 10.0)
WAYS = {
    "heard once": (False, False),
    "+ nine other readings": (True, False),
    "+ knowing what was asked": (False, True),
    "+ that, unless sure": (False, True),
    "+ both": (True, True),
}
"""Whether there are other readings, and a second hearing."""
_UNLESS_SURE = "+ that, unless sure"
_AT = datetime(2026, 5, 6, 10, tzinfo=UTC)
_PATIENT = 600.0


def understand_all(
    one: Said, noise: float | None, sounds: Sounds, ears: Recogniser, communities: "Communities"
) -> Iterator[tuple[str, Understanding]]:
    """What each way makes of it."""
    sound = telephone(sounds.of(one), noise, seed=one.number)
    stream = ears.stream()
    stream.accept(sound.pcm)
    heard = stream.finish()
    community, phrases = communities[one.community]
    asked = Conversation(id="", channel=Channel.PHONE, step=StepName(one.asked))
    expects = expected(asked)
    begun = time.process_time()
    second = found(ears.reread(sound, phrases.of(expects), within=_PATIENT))
    took, sure = time.process_time() - begun, is_sure(heard)
    communities.cost["second"] += took
    if expects:
        communities.answers[one.kind, noise, sure] += 1
        communities.cost["skipped"] += took if sure else 0.0
    begun = time.process_time()
    count = 0 if communities.quick else 10
    others = ears.reread(sound, alternatives=count, within=_PATIENT).alternatives
    communities.cost["readings"] += time.process_time() - begun
    communities.cost["sound"] += sound.seconds
    for way, (readings, knowing) in WAYS.items():
        if readings and communities.quick:
            continue
        yield (
            way,
            understand_twice(
                heard.text,
                asked=one.asked,
                community=community,
                at=_AT,
                alternatives=tuple(o for o in others if o != heard.text) if readings else (),
                prompted=second if knowing and not (sure and way == _UNLESS_SURE) else None,
                confidence=float(recognised(heard)["confidence"]),
            ),
        )


class Communities(dict[str, tuple[Community, Phrases]]):
    def __init__(self, *, quick: bool = False) -> None:
        self.quick = quick
        """Without other readings, which cost the most."""
        self.cost: dict[str, float] = defaultdict(float)
        """Processor seconds, and seconds of sound."""
        self.answers: dict[tuple[str, float | None, bool], int] = defaultdict(int)
        """How many after a question, by kind, noise, and whether the first hearing was sure."""
        for name, path in {"demo": None, "canal": HERE / "community.yaml"}.items():
            community = load_community(path)
            self[name] = community, Phrases(community)


def outcome(one: Said, understood: Understanding) -> str:
    """`right`, `asked` (about, or again), or `wrong`: taken for something that was not said."""
    if one.kind == "reports":
        category = understood.category
        right = category is not None and category.code == one.meant
        return "right" if right else "wrong" if category and category.sure else "asked"
    place, yes_no = understood.place, understood.yes_no
    placed = place is not None and place.id is not None
    sure = place is not None and place.confidence >= SURE_PLACE
    if one.kind == "places":
        if place is not None and place.id == one.meant:
            return "right"
        # Part of it, or nothing: the rest is asked for.
        part = place is not None and one.meant.startswith(f"{place.id}/")
        return "wrong" if placed and sure and not part else "asked"
    if one.kind == "answers":
        return "right" if yes_no == one.meant else "wrong" if yes_no else "asked"
    taken = (placed and sure) or (yes_no is not None and not understood.weak)
    return "wrong" if taken else "right"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--half", choices=("tuning", "reporting"), default="reporting")
    parser.add_argument("--rendered", action="store_true", help="only what is rendered already")
    parser.add_argument("--quick", action="store_true", help="without other readings")
    wanted = parser.parse_args()
    sounds = Sounds(HOME / "models", HOME / "cache" / "context")
    ears, communities = (
        VoskRecogniser(HOME / "models" / VOSK_SMALL),
        Communities(quick=wanted.quick),
    )
    half = [one for one in said() if one.tuning == (wanted.half == "tuning")]
    chosen = [one for one in half if not wanted.rendered or sounds.has(one)][:: wanted.every]
    counts: dict[tuple[str, str, float | None], dict[str, int]] = {}
    for done, one in enumerate(chosen):
        print(f"\r{done}/{len(chosen)}", end="", flush=True)
        for noise in NOISES:
            for way, understood in understand_all(one, noise, sounds, ears, communities):
                row = counts.setdefault((one.kind, way, noise), defaultdict(int))
                row[outcome(one, understood)] += 1
    print(f"\rhalf: {wanted.half}; load {os.getloadavg()[0]:.1f}\n")
    for line in table(("", "", "dB", "sentences", "right", "asked", "wrong"), rows(counts)):
        print(line)
    cost = communities.cost
    for name in ("second", "skipped", "readings"):
        print(f"{name}: {cost[name] / max(cost['sound'], 1e-9):.3f} of real time, one core")
    print("\nFirst hearing sure, of those after a question:")
    for kind, noise in dict.fromkeys((kind, noise) for kind, noise, _ in communities.answers):
        sure, rest = (communities.answers[kind, noise, each] for each in (True, False))
        print(f"  {kind}, {noise or '–'} dB: {sure} of {sure + rest}")


def rows(
    counts: dict[tuple[str, str, float | None], dict[str, int]],
) -> Iterator[tuple[object, ...]]:
    for (kind, way, noise), row in sorted(
        counts.items(), key=lambda c: (c[0][0], -(c[0][2] or 99))
    ):
        whole = sum(row.values())
        shares = [row[name] / whole for name in ("right", "asked", "wrong")]
        yield (kind, way, noise or "–", whole, *shares)


if __name__ == "__main__":
    main()
