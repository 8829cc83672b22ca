"""What this machine could do at most: bare Vosk on the sound that the callers send.

`python -m tests.bench.calls.ceiling`. Every core decodes as fast as it can, nothing else runs;
seconds of sound a second are the streams it sustains. In threads of one process, and in a process
for each core. Two kinds of sound: whole calls as they come in, silence and all, and only what is
said in them.
"""

import multiprocessing
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass

from vosk import KaldiRecognizer, Model, SetLogLevel

from tests.bench.calls.sentences import sentences
from tests.clips.render import MODELS
from voice.codecs import alaw_decode

CORES = os.cpu_count() or 1
_CHUNK = 1600
"""Bytes of 100 ms."""
_SECONDS = 5.0
_WHOLE_CALL = 4.0
"""Seconds of silence for each of speech in a whole call, as the callers measured it."""
_model: Model | None = None


@dataclass(frozen=True, slots=True)
class Ceiling:
    """Streams sustained."""

    threads: float
    processes: float


def ceiling(silence: float = 0.0) -> Ceiling:
    """silence: seconds of it for each second of speech."""
    texts = [alaw_decode(sentence.alaw) for sentence in sentences(4)]
    sound = [text + bytes(int(len(text) * silence) // 2 * 2) for text in texts]
    with ThreadPoolExecutor(CORES) as threads:
        in_threads = _streams(threads, sound)
    with ProcessPoolExecutor(CORES, multiprocessing.get_context("spawn")) as processes:
        in_processes = _streams(processes, sound)
    return Ceiling(in_threads, in_processes)


def _streams(workers: Executor, sound: Sequence[bytes]) -> float:
    list(workers.map(_decode, [sound] * CORES, [0.5] * CORES))  # models loaded, caches warm
    return sum(workers.map(_decode, [sound] * CORES, [_SECONDS] * CORES))


def _decode(sound: Sequence[bytes], seconds: float) -> float:
    """Seconds of sound decoded a second."""
    global _model
    if _model is None:
        SetLogLevel(-1)
        _model = Model(str(MODELS / "vosk-model-small-cn-0.22"))
    recogniser = KaldiRecognizer(_model, 8000)
    done, begun = 0, time.perf_counter()
    while (passed := time.perf_counter() - begun) < seconds:
        for utterance in sound:
            for at in range(0, len(utterance), _CHUNK):
                recogniser.AcceptWaveform(utterance[at : at + _CHUNK])
                recogniser.PartialResult()
            recogniser.FinalResult()
            recogniser.Reset()
            done += len(utterance)
    return done / 16000 / passed


if __name__ == "__main__":
    found = ceiling(float(sys.argv[1]) if len(sys.argv) > 1 else 0.0)
    print(f"{found.threads:.1f} streams in threads, {found.processes:.1f} in processes")
