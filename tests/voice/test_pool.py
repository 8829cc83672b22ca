import contextlib
import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.voice.hearing import errors, through_a_line
from voice.codecs import decode
from voice.models.catalogue import VOSK_SMALL
from voice.recognition.pool.pool import Pool
from voice.recognition.protocol import RecogniserBusy, RecogniserFailed, RecogniserMissing
from voice.sound import Sound

pytestmark = pytest.mark.models
CLIPS = Path(__file__).parents[1] / "clips"


def clip(name: str) -> Sound:
    return through_a_line(decode((CLIPS / f"{name}.mp3").read_bytes()))


SAID, SOUND = "我想问一下楼道里的灯修得怎么样了", clip("status_lamp")
SHORT = clip("yes_short")


@pytest.fixture
def pool(models: Path) -> Iterator[Pool]:
    made = Pool(models / VOSK_SMALL, streams=2, patience=2.0)
    yield made
    made.close()


def until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "never came true"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def hear(pool: Pool, halfway: Callable[[], object] = lambda: None) -> str:
    """The sound as it comes from a line; something happens in the middle."""
    stream = pool.stream()
    half = len(SOUND.pcm) // 3200 * 1600
    for at in range(0, half, 1600):
        stream.accept(SOUND.pcm[at : at + 1600])
    halfway()
    for at in range(half, len(SOUND.pcm), 1600):
        partial = stream.accept(SOUND.pcm[at : at + 1600])
    heard = stream.finish()
    assert errors(partial, heard.text) <= 3
    assert heard.seconds == pytest.approx(SOUND.seconds)
    return heard.text


def test_streams_and_recordings_are_heard_and_streams_are_counted(pool: Pool) -> None:
    assert errors(SAID, hear(pool)) <= 1
    heard = pool.recognise(SHORT)
    assert errors("对的", heard.text) <= 1
    again = pool.reread(SHORT, ("对的", "不对"), within=60.0)
    assert again.prompted
    assert again.prompted.text == "对的"
    assert pool.reread(SHORT, ("对的", "不对"), within=0.0).prompted is None
    first, second = pool.stream(), pool.stream()
    with pytest.raises(RecogniserBusy):
        pool.stream()
    # A recording does not wait for calls.
    assert pool.recognise(SHORT).text
    first.close()
    first.close()
    with pytest.raises(ValueError):
        first.accept(b"")
    del second  # forgotten, and still given back
    gc.collect()
    pool.stream().close()
    pool.stream().close()


def test_what_happens_to_a_worker_costs_no_word(pool: Pool) -> None:
    def stop() -> None:
        os.kill(busy(pool), signal.SIGSTOP)

    def kill() -> None:
        os.kill(busy(pool), signal.SIGKILL)

    for harm in (kill, stop):
        before = set(pool.pids)
        assert errors(SAID, hear(pool, harm)) <= 1
        (dead,) = before - set(pool.pids)
        until(lambda: gone(dead))  # noqa: B023


def busy(pool: Pool) -> int:
    """The worker that has a call."""
    free = {worker.pid for worker in pool._live._free}
    (pid,) = set(pool._live.pids) - free
    return pid


def test_a_recording_is_heard_again_when_its_worker_dies(pool: Pool) -> None:
    heard: list[str] = []
    pool.recognise(SHORT)
    (pid,) = pool._recordings.pids
    os.kill(pid, signal.SIGSTOP)
    thread = threading.Thread(target=lambda: heard.append(pool.recognise(SHORT).text))
    thread.start()
    until(lambda: not pool._recordings._free)
    os.kill(pid, signal.SIGKILL)
    thread.join(300)
    assert errors("对的", heard[0]) <= 1


def test_a_sound_that_kills_every_worker_is_given_up(pool: Pool) -> None:
    over = threading.Event()

    def hunt() -> None:
        while not over.is_set():
            for pid in pool._recordings.pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.001)

    hunter = threading.Thread(target=hunt)
    hunter.start()
    with pytest.raises(RecogniserFailed):
        pool.recognise(Sound(SOUND.pcm * 20, 8000))
    over.set()
    hunter.join()
    assert pool.recognise(SHORT).text


def test_a_worker_that_grew_is_replaced_between_two_sounds(models: Path) -> None:
    pool = Pool(models / VOSK_SMALL, streams=1)
    (first,) = pool.pids
    pool._live._growth = -1 << 40  # whatever it hears, it has grown by more
    assert errors(SAID, hear(pool, lambda: _same(pool, first))) <= 1
    until(lambda: gone(first))
    assert errors(SAID, hear(pool)) <= 1
    pool.close()


def _same(pool: Pool, pid: int) -> None:
    assert pool.pids == [pid]


def test_a_dead_mother_is_replaced(pool: Pool) -> None:
    mother = pool._mother.pid
    os.kill(mother, signal.SIGKILL)
    assert errors(SAID, hear(pool)) <= 1  # workers live on
    pool.recognise(SHORT)
    assert pool._mother.pid != mother


def test_nobody_is_left_behind(models: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from voice.recognition.pool.pool import Pool\n"
        "pool = Pool(Path(sys.argv[1]), streams=1)\n"
        "print(pool._mother.pid, *pool.pids, flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(models / VOSK_SMALL)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as service:
        assert service.stdout is not None
        pids = [int(pid) for pid in service.stdout.readline().split()]
        for pid in pids:
            os.kill(pid, signal.SIGINT)
            os.kill(pid, signal.SIGTERM)
        assert len(pids) == 2
        time.sleep(0.1)
        assert not any(map(gone, pids))
        service.kill()
    until(lambda: all(map(gone, pids)))


def test_a_missing_model_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(RecogniserMissing, match="models fetch"):
        Pool(tmp_path / "nowhere")
