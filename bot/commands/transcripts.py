"""What was said in a folder of recordings: `NAME.txt` beside each, or one `transcripts.tsv`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.failure import Failure
from locales.wording import load_spoken

TABLE = "transcripts.tsv"


@dataclass(frozen=True)
class Said:
    file: Path
    text: str
    """With figures spelt out."""


def read_transcripts(folder: Path, files: Sequence[Path]) -> list[Said]:
    """Those of the files that have one, in their order. Raises `Failure` when none has."""
    table = _table(folder / TABLE)
    spoken = load_spoken()
    found = []
    for file in files:
        text = table.get(file.relative_to(folder).as_posix())
        beside = file.with_suffix(".txt")
        if text is None and beside.is_file():
            text = _read(beside)
        if text is not None and text.strip():
            found.append(Said(file, spoken.speakable(text.strip())))
    if not found:
        raise Failure(
            f"{folder} 里没有文稿：请在录音旁放同名的 .txt，"
            f"或写一个 {TABLE}（每行：文件名、制表符、文字）。"
        )
    return found


def _table(path: Path) -> dict[str, str]:
    """File to text; lines without a tab are none, so a heading may stand on top."""
    lines = _read(path).splitlines() if path.is_file() else []
    pairs = (line.split("\t", 1) for line in lines if "\t" in line)
    return {name.strip(): text.split("\t")[0] for name, text in pairs}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise Failure(f"{path} 读不了：文稿要是 UTF-8 编码的文字。") from None
