"""What was said, as a caller says it: three of Kokoro's Mandarin voices at several paces. Rendered
once; the files are kept between runs."""

import csv
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from voice.codecs import decode, encode_wav, resample
from voice.sound import Sound
from voice.synthesis.kokoro_model import KokoroModel

HERE = Path(__file__).parent
SPEAKERS = ("zf_xiaobei", "zm_yunjian", "zf_xiaoni")
PACES = (0.85, 1.0, 1.15, 0.95)
KINDS = ("places", "answers", "reports", "unrelated")


@dataclass(frozen=True)
class Said:
    """One row of the table `kind`."""

    kind: str
    number: int
    text: str
    asked: str
    """What the machine had just asked."""
    meant: str
    """The place's id, `yes` or `no`, the category's code; empty for what answers nothing."""
    community: str = "demo"

    @property
    def tuning(self) -> bool:
        """Whether it belongs to the half that thresholds are set on."""
        return int(hashlib.sha256(self.text.encode()).hexdigest(), 16) % 2 == 0

    @property
    def speaker(self) -> str:
        return SPEAKERS[self.number % len(SPEAKERS)]

    @property
    def pace(self) -> float:
        return PACES[self.number // len(SPEAKERS) % len(PACES)]


def said() -> Iterator[Said]:
    for kind in KINDS:
        with (HERE / f"{kind}.tsv").open(encoding="utf-8") as file:
            for number, row in enumerate(csv.DictReader(file, delimiter="\t")):
                yield Said(
                    kind,
                    number,
                    row["text"],
                    row.get("asked", "problem"),
                    row.get("meant", ""),
                    row.get("community", "canal" if number % 2 else "demo"),
                )


class Sounds:
    """8000 Hz, without silence at the edges."""

    def __init__(self, models: Path, folder: Path) -> None:
        self._models = models
        self._folder = folder
        self._voice: KokoroModel | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def has(self, one: Said) -> bool:
        return self._path(one).exists()

    def _path(self, one: Said) -> Path:
        key = f"{one.speaker}\0{one.pace}\0{one.text}"
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()}.wav"

    def of(self, one: Said) -> Sound:
        kept = self._path(one)
        if not kept.exists():
            self._voice = self._voice or KokoroModel(self._models)
            sound = resample(self._voice.speak(one.text, one.speaker, one.pace), 8000)
            part = kept.with_suffix(f".{os.getpid()}")
            part.write_bytes(encode_wav(sound))
            part.replace(kept)
        return decode(kept.read_bytes())
