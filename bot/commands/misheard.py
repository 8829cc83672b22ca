"""What was misheard and may be used, out of the database into a folder to be scored."""

import csv
import wave
from pathlib import Path

from bot.commands.settings import read_settings
from bot.commands.transcripts import TABLE
from bot.failure import Failure
from bot.residents.misheard import misheard
from bot.storage.open import open_database
from bot.storage.recordings import Recordings
from voice.sound import Sound


def export_misheard(folder: Path) -> int:
    """Write the recordings and `transcripts.tsv` (file, said, heard); returns how many.

    What is written is not encrypted: only its owner may read it. Raises `Failure`.
    """
    settings = read_settings()
    database = open_database(settings)
    recordings = Recordings(settings.home, database, database.box)
    rows: list[tuple[str, ...]] = []
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise Failure(f"{folder} 不是空的：请给一个新的文件夹。")
        with database.read() as session:
            for each in misheard(session):
                if sound := each.sound(recordings):
                    name = f"{len(rows) + 1:05}.wav"
                    _write(folder / name, sound)
                    rows.append((name, *(" ".join(t.split()) for t in (each.said, each.heard))))
        with (folder / TABLE).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, dialect="excel-tab").writerows(rows)
    except OSError as error:
        raise Failure(f"{folder} 写不了：{error.strerror}。") from None
    finally:
        database.close()
    return len(rows)


def _write(path: Path, sound: Sound) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.rate)
        file.writeframes(sound.pcm)
