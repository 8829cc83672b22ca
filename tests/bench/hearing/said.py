"""What is said: the bench's own sentences, rendered, and recordings in a folder."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from voice.codecs import decode
from voice.sound import AudioError, Sound

SLOTS = ("building", "unit", "room", "category", "yes_no", "danger")
_TABLES = ("transcripts.tsv", "text.tsv")
_SOUNDS = (".wav", ".mp3", ".amr", ".m4a", ".webm", ".flac", ".ogg")


@dataclass(frozen=True)
class Said:
    text: str
    asked: str = "opening"
    """What had been asked: a step."""
    slots: tuple[tuple[str, str], ...] = ()
    """What must be understood of it, by name."""
    file: Path | None = None


def sentences() -> list[Said]:
    """As residents speak: reports, places, answers, emergencies; invented."""
    with Path(__file__).with_name("said.tsv").open(encoding="utf-8") as file:
        return [_said(row) for row in csv.DictReader(file, delimiter="\t")]


def _said(row: dict[str, str]) -> Said:
    slots = tuple((name, row[name]) for name in SLOTS if row.get(name))
    return Said(row["text"], row.get("asked") or "opening", slots)


def recordings(folder: Path) -> Iterator[tuple[Said, Sound]]:
    """Sounds with a transcript each: `NAME.txt` beside `NAME.wav`, or one table for all,
    `transcripts.tsv`, with columns `file`, `text` and, where known, `asked` and the slots.

    Files that cannot be read and sounds without a transcript are left out.
    """
    known: dict[str, dict[str, str]] = {}
    for name in _TABLES:
        if (table := folder / name).exists():
            with table.open(encoding="utf-8") as file:
                known |= {row["file"]: row for row in csv.DictReader(file, delimiter="\t")}
    for path in sorted(p for p in folder.rglob("*") if p.suffix.lower() in _SOUNDS):
        row = known.get(path.relative_to(folder).as_posix()) or known.get(path.name)
        beside = path.with_suffix(".txt")
        if row is None and beside.exists():
            row = {"text": beside.read_text(encoding="utf-8").strip()}
        if row is None:
            continue
        try:
            sound = decode(path.read_bytes())
        except (AudioError, OSError):
            continue
        said = _said(row)
        yield Said(said.text, said.asked, said.slots, path), sound
