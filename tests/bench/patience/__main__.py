"""`make bench-patience`: false cut-ins against the delay of the reply, on speech with pauses.

Rendered speech runs through the product's own ear (endpointer, streaming Vosk, judgement) faster
than life; time is the position in the sound, so a busy machine changes nothing. Beside it, on the
same sound, what fixed timeouts would have done. What the machine itself needs after its decision is
measured apart, in real time (`share`), and is not in the other figures.
"""

import argparse
import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.channels.calls.ear import Ear, Sign
from bot.channels.calls.patience import patience
from flows.community import Community
from flows.effects import Pace
from locales.load import load_community
from tests.bench.patience.share import keys_to_silence, load, shares
from tests.bench.patience.utterances import PAUSES, RATE, Pause, Spoken, Studio, trials, utterances
from tests.bench.table import table
from voice.endpointing import Endpoint, Endpointer, EndpointSettings
from voice.recognition.vosk import VoskRecogniser

HOME = Path(__file__).parents[3] / ".linsheng"
FIXED = (0.7, 1.1, 1.5, 2.0)
NOD = 0.6
"""Seconds that a nod lasts, with what the line adds."""
CALLS = 10
"""In real time, one by one and at once."""
_CHUNK = RATE // 10 * 2
_KINDS = {
    "h": "behind 那个, 就是",
    "c": "behind 然后, 因为",
    "d": "half a phrase",
    "n": "inside a number",
    "m": "a clause, more needed",
    "e": "could have been all",
}


@dataclass(frozen=True)
class Outcome:
    spoken: Spoken
    cut: tuple[Pause, ...]
    """Pauses in which the machine took the turn."""
    first: float
    """Seconds from the last sound of speech to the first sound back: a nod, or the reply."""
    delay: float
    """…and to the reply."""
    nods: tuple[tuple[Pause, float], ...] = ()
    """In which pauses, and how many seconds of it were left."""
    heard: str = ""


def listen(spoken: Spoken, recogniser: VoskRecogniser, community: Community) -> Outcome:
    """What the product does."""
    ear = Ear(recogniser)
    ear.attend(patience(spoken.utterance.step, Pace.NORMAL, community))
    ends, nods, heard = [], [], []
    for at in range(0, len(spoken.pcm), _CHUNK):
        for noticed in ear.take(spoken.pcm[at : at + _CHUNK]):
            if noticed.sign is Sign.LULL:
                nods.append(noticed.until)
            if noticed.sign is Sign.UTTERANCE and noticed.recognition:
                ends.append(noticed.until)
                heard.append(noticed.recognition.text)
    ear.close()
    return _outcome(spoken, ends, nods, " / ".join(heard))


def wait_fixed(spoken: Spoken, seconds: float) -> Outcome:
    """What a timeout does; the words do not matter to it."""
    endpointer = Endpointer(EndpointSettings(end=seconds))
    ends = [
        (at + _CHUNK) / 2 / RATE
        for at in range(0, len(spoken.pcm), _CHUNK)
        if Endpoint.TURN_ENDED in endpointer.feed(spoken.pcm[at : at + _CHUNK])
    ]
    return _outcome(spoken, ends, [])


def _outcome(spoken: Spoken, ends: list[float], nods: list[float], heard: str = "") -> Outcome:
    cut = tuple(
        pause
        for pause in spoken.pauses
        if any(pause.at < end <= pause.at + pause.seconds + 0.05 for end in ends)
    )
    nodded = tuple(
        (pause, pause.at + pause.seconds - nod)
        for pause in spoken.pauses
        for nod in nods
        if pause.at < nod <= pause.at + pause.seconds
    )
    delay = _after(spoken.end, ends)
    return Outcome(spoken, cut, min(delay, _after(spoken.end, nods)), delay, nodded, heard)


def _after(end: float, moments: list[float]) -> float:
    return next((moment - end for moment in moments if moment > end), float("inf"))


def report(by_policy: dict[str, list[Outcome]]) -> Iterable[str]:
    yield ""
    yield "Every policy on the same sound. Cut-ins in % of the pauses; sounds after the end in s."
    columns = (
        "policy", "pauses", "cut-ins %", "of utterances %",
        "first sound P50", "P95", "reply P50", "P95",
    )  # fmt: skip
    yield from table(columns, [(name, *_summary(found)) for name, found in by_policy.items()])
    ours = by_policy["by the words"]
    yield ""
    yield "By the words: cut-ins % by how the pause came about, and its length"
    head = ("pause", "number", *(f"{length:g} s" for length in PAUSES), "all")
    yield from table(head, [_kind_row(ours, kind) for kind in (*_KINDS, "")])
    yield ""
    yield "By the words: sounds after the real end, s"
    steps: dict[str, list[Outcome]] = defaultdict(list)
    for one in ours:
        steps[one.spoken.utterance.step].append(one)
    head = ("step", "number", "first sound P50", "P95", "reply P50", "P95")
    yield from table(head, [(step, len(some), *_sounds(some)) for step, some in steps.items()])
    left = [left for one in ours for _, left in one.nods]
    yield ""
    yield f"nods inside utterances: {len(left)} in {sum(len(o.spoken.pauses) for o in ours)} pauses"
    yield f"…less than {NOD:g} s before the resident went on, who spoke over it: " + str(
        sum(seconds < NOD for seconds in left)
    )


def _summary(found: list[Outcome]) -> tuple[object, ...]:
    pauses = sum(len(one.spoken.pauses) for one in found)
    cuts = sum(len(one.cut) for one in found)
    paused = [one for one in found if one.spoken.pauses]
    cut = sum(bool(one.cut) for one in paused)
    return (
        pauses, f"{100 * cuts / pauses:.1f}", f"{100 * cut / len(paused):.1f}", *_sounds(found),
    )  # fmt: skip


def _sounds(found: list[Outcome]) -> tuple[str, ...]:
    first, reply = [one.first for one in found], [one.delay for one in found]
    return tuple(_quantile(values, share) for values in (first, reply) for share in (0.5, 0.95))


def _kind_row(found: list[Outcome], kind: str) -> tuple[object, ...]:
    def share(length: float | None) -> str:
        of = [
            (pause in one.cut)
            for one in found
            for pause in one.spoken.pauses
            if (not kind or pause.kind == kind) and length in (None, pause.seconds)
        ]
        return f"{100 * statistics.fmean(of):.1f}" if of else "-"

    number = sum(not kind or p.kind == kind for one in found for p in one.spoken.pauses)
    return (
        _KINDS.get(kind, "all"),
        number,
        *(share(length) for length in PAUSES),
        share(None),
    )


def own(spoken: list[Spoken]) -> Iterable[str]:
    yield ""
    yield f"The machine's own share, s, in real time ({load()})"
    measured = [*shares(spoken).items(), ("key to silence, over SIP", keys_to_silence(20))]
    rows = [(name, len(v), *(_quantile(v, share) for share in (0.5, 0.95))) for name, v in measured]
    yield from table(("decision to first sample", "number", "P50", "P95"), rows)


def _quantile(values: list[float], share: float) -> str:
    return f"{sorted(values)[min(len(values) - 1, int(len(values) * share))]:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3, help="times each utterance is said")
    parser.add_argument("--show", action="store_true", help="show what was cut into, and what late")
    parser.add_argument("--quick", action="store_true", help="every third utterance")
    options = parser.parse_args()
    community = load_community()
    recogniser = VoskRecogniser(HOME / "models" / "vosk-model-small-cn-0.22", streams=1)
    studio = Studio(HOME / "models", HOME / "cache" / "patience")
    found: dict[str, list[Outcome]] = defaultdict(list)
    said = utterances()[:: 3 if options.quick else 1]
    for utterance, lengths in trials(said, options.rounds):
        spoken = studio.speak(utterance, lengths)
        one = listen(spoken, recogniser, community)
        found["by the words"].append(one)
        for seconds in FIXED:
            found[f"fixed {seconds:g} s"].append(wait_fixed(spoken, seconds))
        if options.show and (one.cut or one.first > 1.5):
            cut = [f"{p.kind} {p.seconds}" for p in one.cut]
            parts = "…".join(utterance.parts)
            print(
                f"{utterance.step} {parts} | {one.heard} | cut {cut} | "
                f"{one.first:.2f} {one.delay:.2f}",
                flush=True,
            )
    print("\n".join(report(found)))
    told = [one for one in utterances() if one.step == "opening"][:CALLS]
    print("\n".join(own([studio.speak(one, (0.5,) * len(one.kinds)) for one in told])))


if __name__ == "__main__":
    main()
