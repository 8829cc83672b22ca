import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from voice.sound import Sound
from voice.synthesis.cache import Cache
from voice.synthesis.protocol import EngineBusy
from voice.synthesis.turns import Turns


class Gated:
    """An engine that speaks only when let."""

    name = "gated"

    def __init__(self) -> None:
        self.said: list[str] = []
        self.begun = threading.Event()
        self.gate = threading.Event()

    def speak(self, text: str, pace: float = 1.0) -> Sound:
        self.begun.set()
        assert self.gate.wait(20)
        self.said.append(text)
        return Sound(b"\1\0" * 800, 8000)


def _until(turns: Turns, waiting: int) -> None:
    deadline = time.monotonic() + 20
    while len(turns._waiting) < waiting:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_who_is_listened_to_goes_before_what_is_foreseen(tmp_path: Path) -> None:
    engine = Gated()
    cache = Cache(engine, tmp_path)
    with ThreadPoolExecutor(8) as pool:
        pool.submit(cache.speak, "正在说")
        assert engine.begun.wait(20)
        for number, text in enumerate(("以后一", "以后二"), 1):
            pool.submit(cache.foresee, text)
            _until(cache._turns, number)
        for number, text in enumerate(("现在一", "以后二", "现在二"), 3):
            pool.submit(cache.speak, text)
            _until(cache._turns, number)
        engine.gate.set()
    # What was foreseen and then wanted is said once, at the time it was wanted.
    assert engine.said == ["正在说", "现在一", "以后二", "现在二", "以后一"]


def test_the_queue_is_bounded_and_goes_on() -> None:
    turns = Turns(longest=1)
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with turns.take():
            held.set()
            assert release.wait(20)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(hold)
        assert held.wait(20)
        second = pool.submit(hold)
        _until(turns, 1)
        with pytest.raises(EngineBusy), turns.take():
            pass
        release.set()
        first.result(20)
        second.result(20)
    with turns.take():
        pass


def test_a_failure_gives_the_turn_back() -> None:
    turns = Turns()
    with pytest.raises(ValueError, match="broken"), turns.take():
        raise ValueError("broken")
    with turns.take():
        pass
