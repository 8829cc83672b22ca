"""`python -m tests.bench.voice.speed`: what leaving out the planned silence saves, in one run, and
how soon a clause that is kept comes back. CPU seconds, so that a busy machine matters less."""

import statistics
import tempfile
import time
from pathlib import Path

from tests.bench.table import table
from tests.bench.voice.__main__ import HOME
from voice.sound import Sound
from voice.synthesis import kokoro_model
from voice.synthesis.cache import Cache
from voice.synthesis.kokoro_model import KokoroModel

CLAUSES = (
    "记下了。", "对吗？", "三幢二单元，", "五零幺室，", "灯的问题。", "请说六位单号。",
    "我念一遍，您听听对不对。", "您好，这里是和睦社区。", "您的单号是，六七七，五三九。",
    "您的话我都录下了，工作人员会听。",
)  # fmt: skip


class _Engine:
    name = "bench"

    def speak(self, text: str, pace: float = 1.0) -> Sound:
        return Sound(bytes(16000 * 3), 8000)


def main() -> None:
    model = KokoroModel(HOME / "models")
    around = kokoro_model._AROUND
    model.speak("好。", "zf_xiaobei", 1.0)
    rows, totals = [], [0.0, 0.0, 0.0]
    for text in CLAUSES:
        spent = []
        for frames in (10_000, around):
            kokoro_model._AROUND = frames
            start = time.process_time()
            sound = model.speak(text, "zf_xiaobei", 1.0)
            spent.append(time.process_time() - start)
        whole, quick = spent
        rows.append(_row(text, sound.seconds, whole, quick))
        totals = [a + b for a, b in zip(totals, (sound.seconds, whole, quick), strict=True)]
    rows.append(_row("all", *totals))
    head = (
        "clause",
        "seconds of speech",
        "CPU s, all frames",
        "CPU s, as it is",
        "ratio",
        "CPU s/s",
    )
    for line in table(head, rows):
        print(line)
    with tempfile.TemporaryDirectory() as folder:
        cache = Cache(_Engine(), Path(folder))
        cache.speak("一句")
        took = []
        for _ in range(200):
            start = time.perf_counter()
            cache.speak("一句")
            took.append(time.perf_counter() - start)
    print(f"\nA kept clause of 3 s comes back in {1000 * statistics.median(took):.2f} ms (median).")


def _row(text: str, seconds: float, whole: float, quick: float) -> list[str]:
    figures = (seconds, whole, quick, whole / quick, quick / seconds)
    return [text, *(f"{figure:.2f}" for figure in figures)]


if __name__ == "__main__":
    main()
