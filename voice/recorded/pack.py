"""One person's recordings: a folder of takes, and of what was published from them.

    voices/mandarin/speaker.json       who speaks, in which language, what they agreed to
    voices/mandarin/takes/ID.wav       as recorded, 16 kHz
    voices/mandarin/takes/ID.json      which clause, by whom, from where to where
    voices/mandarin/said/ID.s16        published: 8000 Hz PCM, what callers hear

Each file is sealed: a voice is as private as what residents say. Files, not rows: a publication
is one rename, and every process sees it with the next clause.
"""

import os
import shutil
import tempfile
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from voice.codecs import decode, encode_wav
from voice.recorded.master import LONGEST, RATE, master, speech
from voice.recorded.vault import Vault
from voice.sound import AudioError, Sound
from voice.synthesis import for_phone

PACKS = ("mandarin", "dialect")

Model = TypeVar("Model", bound=BaseModel)


class Speaker(BaseModel):
    """Whose voice it is; nothing is published before they agreed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=40)
    language: str = Field(min_length=1, max_length=40)
    """As people call it: 普通话, 杭州话."""
    licence: Literal["community", "CC-BY-4.0"]
    """For this community alone, or free to share with the speaker's name."""
    consent: str = Field(min_length=1, max_length=200)
    """The sentence the speaker agreed to."""
    witness: str = Field(max_length=40)
    """The member of staff who saw it."""
    at: datetime


class Take(BaseModel):
    """One recording of one clause."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1, max_length=200)
    by: str = Field(max_length=40)
    at: datetime
    seconds: float = Field(gt=0, le=LONGEST)
    begin: float = Field(ge=0)
    end: float
    """Seconds of the recording that are used."""


def clause_id(text: str) -> str:
    """The same clause has the same recording wherever it is said."""
    return sha256(text.encode()).hexdigest()[:32]


class Pack:
    """One folder. Writing replaces whole files; readers in other processes see old or new."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self.folder = folder
        self._vault = vault

    def speaker(self) -> Speaker | None:
        return self._read(self.folder / "speaker.json", Speaker)

    def introduce(self, speaker: Speaker) -> None:
        """Keep who speaks."""
        self._write(self.folder / "speaker.json", speaker.model_dump_json(indent=1).encode())

    def takes(self) -> dict[str, Take]:
        """Every take by its clause's id."""
        found = {}
        for path in sorted(self.folder.glob("takes/*.json")):
            if take := self._read(path, Take):
                found[path.stem] = take
        return found

    def take(self, clause: str) -> Take | None:
        """The take of a clause, by its id."""
        return self._read(self.folder / "takes" / f"{clause}.json", Take)

    def record(self, text: str, data: bytes, by: str, at: datetime) -> Take:
        """Keep a recording of a clause, trimmed to where somebody speaks; replaces an earlier take,
        and leaves what is published as it is. Raises `AudioError`."""
        sound = decode(data, RATE)
        begin, end = speech(sound)
        take = Take(text=text, by=by, at=at, seconds=sound.seconds, begin=begin, end=end)
        name = clause_id(text)
        self._write(self.folder / "takes" / f"{name}.wav", encode_wav(sound))
        self._note(name, take)
        return take

    def trim(self, clause: str, begin: float, end: float) -> Take:
        """Use only this part (seconds). Raises `AudioError` when nothing would be left."""
        take = self.take(clause)
        if take is None or not 0 <= begin < end <= take.seconds + 0.05 or end - begin < 0.2:
            raise AudioError("这样剪就没有声音了，请留长一点。")
        take = take.model_copy(update={"begin": begin, "end": min(end, take.seconds)})
        self._note(clause, take)
        return take

    def original(self, clause: str) -> Sound:
        """The take as it was recorded. Raises `AudioError` when there is none."""
        try:
            return decode(self._open(self.folder / "takes" / f"{clause}.wav"))
        except (OSError, ValueError):
            raise AudioError("没有这段录音。") from None

    def mastered(self, clause: str) -> Sound:
        """The take as callers would hear it: trimmed, levelled, 8000 Hz. Raises `AudioError`."""
        take = self.take(clause)
        if take is None:
            raise AudioError("没有这段录音。")
        return master(self.original(clause), take.begin, take.end)

    def publish(self, clause: str) -> None:
        """From now on callers hear this take. Raises `AudioError`; `PermissionError` while nobody
        noted who speaks."""
        if self.speaker() is None:
            raise PermissionError("还没有写下说话人和本人同意。")
        self._write(self._said(clause), self.mastered(clause).pcm)

    def unpublish(self, clause: str) -> None:
        """Synthesis says it again."""
        self._said(clause).unlink(missing_ok=True)

    def drop(self, clause: str) -> None:
        """Take and publication are gone."""
        self.unpublish(clause)
        for ending in ("json", "wav"):
            (self.folder / "takes" / f"{clause}.{ending}").unlink(missing_ok=True)

    def erase(self) -> None:
        """Speaker, takes and publications are gone: the speaker may ask for that at any time."""
        with suppress(FileNotFoundError):
            shutil.rmtree(self.folder)

    def published(self, clause: str) -> bool:
        return self._said(clause).exists()

    def count(self) -> int:
        """How many clauses are published."""
        return sum(1 for _ in self.folder.glob("said/*.s16"))

    def stale(self, clause: str) -> bool:
        """Whether the take was recorded or trimmed after it was published."""
        with suppress(OSError):
            noted = (self.folder / "takes" / f"{clause}.json").stat().st_mtime_ns
            return noted > self._said(clause).stat().st_mtime_ns
        return False

    def said(self, text: str) -> Sound | None:
        """The published recording of a clause; a fraction of a millisecond."""
        with suppress(OSError, ValueError):
            if pcm := self._open(self._said(clause_id(text))):
                return Sound(pcm, for_phone.RATE)
        return None

    def _said(self, clause: str) -> Path:
        return self.folder / "said" / f"{clause}.s16"

    def _note(self, clause: str, take: Take) -> None:
        self._write(self.folder / "takes" / f"{clause}.json", take.model_dump_json().encode())

    def _read(self, path: Path, kind: type[Model]) -> Model | None:
        with suppress(OSError, ValueError):
            return kind.model_validate_json(self._open(path))
        return None

    def _open(self, path: Path) -> bytes:
        return self._vault.decrypt(path.read_bytes())

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            try:
                file.write(self._vault.encrypt(data))
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(path)
            except OSError:
                Path(file.name).unlink(missing_ok=True)
                raise
