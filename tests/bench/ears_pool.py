"""`python -m tests.bench.ears_pool`: many callers who speak at once, heard by threads of one
process and by the pool; how soon a killed one is made good. `--utterances N`: how much a process
grows. `--messages`: what an answer sent as a voice message costs."""

import argparse
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from bot.hearing.phrases import Phrases
from flows.expected import Expected
from locales.load import load_community
from tests.bench.table import table
from voice.codecs import decode, resample
from voice.models.catalogue import VOSK_SMALL
from voice.recognition.pool.pool import Pool
from voice.recognition.protocol import Recogniser
from voice.recognition.vosk import VoskRecogniser
from voice.sound import Sound

ROOT = Path(__file__).parents[2]
MODEL = ROOT / ".linsheng" / "models" / VOSK_SMALL
_CHUNK = 1600
"""Bytes of 100 ms."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=30.0, help="of speech for each caller")
    options.add_argument("--callers", type=int, nargs="+", default=[8, 12])
    options.add_argument("--utterances", type=int, default=0, help="short ones, one after another")
    options.add_argument("--messages", action="store_true")
    chosen = options.parse_args()
    clips = [
        resample(decode(path.read_bytes()), 8000).pcm
        for path in sorted((ROOT / "tests" / "clips").glob("*.mp3"))
    ]
    if chosen.messages:
        _answer(clips)
        return
    if chosen.utterances:
        _grow(clips, chosen.utterances)
        return
    print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f} before")
    rows = []
    for callers in chosen.callers:
        for name, kind in (("threads", VoskRecogniser), ("processes", Pool)):
            ears = kind(MODEL, callers)
            lags, spent = _speak(ears, clips, callers, chosen.seconds)
            if isinstance(ears, Pool):
                ears.close()
            low, high, worst = np.percentile(lags, (50, 95, 100))
            figures = (float(low), float(high), float(worst), spent)
            rows.append((f"{callers} callers in {name}", *figures))
    print(*table(("", "lag P50 s", "P95", "worst", "real time"), rows), sep="\n")
    _kill(clips)
    print(f"load {os.getloadavg()[0]:.1f} after")


def _speak(
    ears: Recogniser, clips: list[bytes], callers: int, seconds: float
) -> tuple[list[float], float]:
    """Lags of each 100 ms behind its time, and seconds it all took by seconds of sound."""
    lags: list[float] = []
    begin = time.monotonic() + 0.5
    threads = [
        threading.Thread(target=_call, args=(ears, clips[n:] + clips[:n], begin, seconds, lags))
        for n in range(callers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return lags, (time.monotonic() - begin) / seconds


def _call(
    ears: Recogniser, clips: list[bytes], begin: float, seconds: float, lags: list[float]
) -> None:
    due = begin
    for clip in cycle(clips):
        stream = ears.stream()
        for at in range(0, len(clip), _CHUNK):
            due += 0.1
            time.sleep(max(0.0, due - time.monotonic()))
            stream.accept(clip[at : at + _CHUNK])
            lags.append(time.monotonic() - due)
        stream.finish()
        if due - begin >= seconds:
            return


def _kill(clips: list[bytes]) -> None:
    """How much later a result comes whose process is killed after 3 s of 8."""
    long = max(clips, key=len)
    pool = Pool(MODEL, streams=1)
    took = []
    for killed in (False, True):
        stream = pool.stream()
        stream.accept(long[:48000])
        if killed:
            os.kill(pool.pids[0], signal.SIGKILL)
        start = time.monotonic()
        stream.accept(long[48000:49600])
        took.append(time.monotonic() - start)
        stream.finish()
    pool.close()
    print(
        f"the next 100 ms of a call: {took[0]:.2f} s; after a kill, {took[1]:.2f} s, 3 s heard anew"
    )


def _grow(clips: list[bytes], count: int) -> None:
    short = [clip for clip in clips if len(clip) < 2.5 * 16000]
    pool = Pool(MODEL, streams=1)
    seen: set[int] = set()
    for number, clip in enumerate(islice(_varied(short), count), 1):
        stream = pool.stream()
        stream.accept(clip)
        stream.finish()
        seen.add(pool.pids[0])
        if number % 1000 == 0 or number == count:
            size = resident(pool.pids[0])
            print(f"{number} utterances: {size} MB, {len(seen)} processes so far", flush=True)
    pool.close()


def _answer(clips: list[bytes]) -> None:
    """Processor seconds of the processes that hear: for the first message they ever hear, and for
    those after, heard once, with other readings, and with what was expected."""
    pool = Pool(MODEL, streams=1)
    phrases = Phrases(load_community()).of((Expected.ANSWER, Expected.PLACE))
    short = [Sound(clip, 8000) for clip in clips if len(clip) < 4 * 16000]
    ways: dict[str, Callable[[Sound], object]] = {
        "once": lambda sound: None,
        "+ readings": lambda sound: pool.reread(sound, alternatives=5, within=60),
        "+ expected": lambda sound: pool.reread(sound, phrases, within=60),
    }
    rows = []
    for name, again in ways.items():
        costs = []
        for _ in range(2):
            for sound in short:
                before = {pid: _worked(pid) for pid in pool.pids}
                pool.recognise(sound)
                again(sound)
                costs.append(sum(_worked(pid) - before.get(pid, 0.0) for pid in pool.pids))
        rows.append((name, costs[0], float(np.median(costs[len(short) :]))))
    pool.close()
    seconds = float(np.median([sound.seconds for sound in short]))
    print(f"{len(short)} messages, {seconds:.1f} s in the median; processor seconds:")
    print(*table(("heard", "the very first", "later, median"), rows), sep="\n")


def _worked(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _varied(clips: list[bytes]) -> Iterator[bytes]:
    """Never twice the same sound: louder, softer, with a hiss of its own."""
    random = np.random.default_rng(1)
    for clip in cycle(clips):
        samples = np.frombuffer(clip, "<i2") * random.uniform(0.3, 1.0)
        hiss = random.normal(0, random.uniform(1, 300), len(samples))
        yield (samples + hiss).clip(-32768, 32767).astype("<i2").tobytes()


def resident(pid: int) -> int:
    """MB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20


if __name__ == "__main__":
    main()
