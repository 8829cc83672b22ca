"""Packs as files that communities hand to each other: a zip with a manifest and WAVs."""

import io
import json
import re
import zipfile
from datetime import datetime
from hashlib import sha256
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from voice.codecs import decode, encode_wav
from voice.recorded.master import RATE, speech
from voice.recorded.pack import Pack, Speaker, clause_id
from voice.sound import AudioError, Sound

BIGGEST = 64 * 1024 * 1024
"""Bytes of a pack, unpacked: 2000 seconds of speech."""
BIGGEST_FILE = 1024 * 1024
"""Bytes of one clause; 20 s at 16 kHz are 640 kB."""
MOST = 1000
"""Clauses."""
_MANIFEST = "manifest.json"
_NAME = re.compile(r"sounds/[0-9a-f]{32}\.wav")


class PackError(ValueError):
    """The file is no pack we take; one line that says why."""


class Clause(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=200)
    file: str
    sha256: str
    by: str = Field(max_length=40)
    at: datetime


class Manifest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: Literal["linsheng-voice-pack/1"]
    speaker: Speaker
    clauses: list[Clause] = Field(max_length=MOST)


def export(pack: Pack) -> bytes:
    """The takes of a pack, trimmed, as a zip. Raises `PackError` when nobody agreed to share it."""
    speaker = pack.speaker()
    if speaker is None:
        raise PackError("还没有写下说话人和本人同意，不能导出。")
    if speaker.licence == "community":
        raise PackError(f"{speaker.name}只同意在本社区用，不能导出给别人。")
    clauses, file = [], io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, take in pack.takes().items():
            sound = pack.original(name)
            first, last = (int(at * sound.rate) * 2 for at in (take.begin, take.end))
            data = encode_wav(Sound(sound.pcm[first:last], sound.rate))
            path = f"sounds/{name}.wav"
            archive.writestr(path, data)
            clauses.append(
                Clause(
                    text=take.text, file=path, sha256=sha256(data).hexdigest(),
                    by=take.by, at=take.at,
                )
            )  # fmt: skip
        manifest = Manifest(format="linsheng-voice-pack/1", speaker=speaker, clauses=clauses)
        archive.writestr(_MANIFEST, manifest.model_dump_json(indent=1))
    return file.getvalue()


def import_(pack: Pack, data: bytes, *, publish: bool = False) -> int:
    """Take a pack's recordings in; returns how many clauses. All of it is checked before anything
    is kept. Raises `PackError`."""
    manifest, sounds = _read(data)
    for clause in manifest.clauses:
        try:
            speech(decode(sounds[clause.file], RATE))
        except AudioError as error:
            raise PackError(f"“{clause.text}”的录音用不了：{error}") from None
    pack.introduce(manifest.speaker)
    for clause in manifest.clauses:
        pack.record(clause.text, sounds[clause.file], clause.by, clause.at)
        if publish:
            pack.publish(clause_id(clause.text))
    return len(manifest.clauses)


def _read(data: bytes) -> tuple[Manifest, dict[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check(archive)
            manifest = Manifest.model_validate_json(archive.read(_MANIFEST))
            names = {clause.file for clause in manifest.clauses}
            if not all(_NAME.fullmatch(name) for name in names):
                raise PackError("语音包里的文件名不对。")
            sounds = {name: archive.read(name) for name in names}
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError):
        raise PackError("这不是完整的语音包（zip 里缺东西或者坏了）。") from None
    except (ValidationError, json.JSONDecodeError, UnicodeDecodeError) as error:
        field = error.errors()[0]["loc"] if isinstance(error, ValidationError) else ()
        where = ".".join(map(str, field)) or _MANIFEST
        raise PackError(f"语音包的说明（{_MANIFEST}）有误：{where}。") from None
    for clause in manifest.clauses:
        if sha256(sounds[clause.file]).hexdigest() != clause.sha256:
            raise PackError(f"“{clause.text}”的录音和说明对不上，文件可能坏了。")
    return manifest, sounds


def _check(archive: zipfile.ZipFile) -> None:
    """Sizes before anything is unpacked. Nothing is ever written under a name from the file."""
    entries = archive.infolist()
    if len(entries) > MOST + 1:
        raise PackError(f"语音包里文件太多，最多 {MOST} 句。")
    if any(entry.file_size > BIGGEST_FILE for entry in entries):
        raise PackError(f"语音包里有一句太大，最多 {BIGGEST_FILE // 2**20} MB。")
    if sum(entry.file_size for entry in entries) > BIGGEST:
        raise PackError(f"语音包太大，最多 {BIGGEST // 2**20} MB。")
