"""`make bench-espeak`: thousands of syntheses by espeak through pyttsx3, from several threads at
once, in this process and in a worker's. Fails at the first empty file, hang or line on stdout."""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from voice.sound import Sound
from voice.synthesis.espeak import Espeak
from voice.synthesis.protocol import Engine
from voice.synthesis.worker import Worker

TEXTS = ("您好，这里是和睦社区。", "三幢二单元，", "零", "您的单号是，六七七，五三九。")
_PATIENCE = 30.0
"""Seconds for one synthesis behind those of the other threads; espeak needs 0.02."""
_ALIKE = 0.05
"""Of its length: the same text must not differ more from one time to the next."""


@dataclass(frozen=True)
class Result:
    syntheses: int
    seconds: float
    slowest: float
    """Seconds, waiting for the other threads included."""
    printed: bytes
    """What reached the process's standard output."""


def stress(count: int, threads: int = 4) -> Result:
    """Half in this process, half through a worker. Raises `AssertionError` for a sound that is
    empty, too late, or not what the same text was before."""
    with tempfile.TemporaryDirectory() as folder, _stdout() as printed:
        worker = Worker("espeak", "espeak", Path(folder))
        start = time.monotonic()
        try:
            slowest = max(
                _stress(Espeak(), count // 2, threads), _stress(worker, count - count // 2, threads)
            )
        finally:
            worker.close()
        seconds = time.monotonic() - start
        return Result(count, seconds, slowest, printed())


def _stress(engine: Engine, count: int, threads: int) -> float:
    lengths = {text: engine.speak(text).seconds for text in TEXTS}

    def speak(number: int) -> float:
        text = TEXTS[number % len(TEXTS)]
        start = time.monotonic()
        sound: Sound = engine.speak(text)
        took = time.monotonic() - start
        assert any(sound.pcm), f"{text} is empty"
        assert abs(sound.seconds - lengths[text]) <= _ALIKE * lengths[text], (
            f"{text}: {sound.seconds:.2f} s, first {lengths[text]:.2f} s"
        )
        assert took < _PATIENCE, f"{text} took {took:.1f} s"
        return took

    with ThreadPoolExecutor(threads) as pool:
        return max(pool.map(speak, range(count)), default=0.0)


@contextmanager
def _stdout() -> Iterator[Callable[[], bytes]]:
    """Whatever the process, a library in it or a child writes to file descriptor 1."""
    with tempfile.TemporaryFile() as file:
        sys.stdout.flush()
        real = os.dup(1)
        os.dup2(file.fileno(), 1)

        def printed() -> bytes:
            sys.stdout.flush()
            file.seek(0)
            return file.read()

        try:
            yield printed
        finally:
            os.dup2(real, 1)
            os.close(real)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    result = stress(count)
    assert not result.printed, result.printed
    print(
        f"{result.syntheses} syntheses from 4 threads, half through a worker process: none empty,"
        f" none hung (slowest {result.slowest:.2f} s), nothing on stdout;"
        f" {result.seconds:.0f} s."
    )


if __name__ == "__main__":
    main()
