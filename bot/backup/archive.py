"""The file itself: a tar whose last entry is a manifest with the SHA-256 of all others, so that a
copy that was cut short or changed is told before anything is put back."""

import hashlib
import io
import os
import re
import tarfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

_MANIFEST = "manifest.json"
_NAME = re.compile(r"[\w. -]+(?:/[\w. -]+)*")


class ArchiveError(ValueError):
    """The file is no whole backup of ours."""


class Manifest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: Literal["linsheng-backup/1"] = "linsheng-backup/1"
    made: datetime
    database: Literal["sqlite", "postgresql"]
    key_check: str
    """Tells whether a secret is the right one, and nothing about it."""
    files: dict[str, str] = {}
    """Name to SHA-256, hexadecimal."""


class Writer:
    """Adds files to a new archive, mode 0600, that gets its name when it is whole."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self._path, self._manifest = path, manifest
        self._part = path.with_name(f"{path.name}.part")
        self._part.unlink(missing_ok=True)
        handle = os.open(self._part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        self._file = os.fdopen(handle, "wb")
        self._tar = tarfile.TarFile(fileobj=self._file, mode="w", format=tarfile.PAX_FORMAT)

    def add(self, name: str, path: Path) -> None:
        """As much as the file holds now: one that grows meanwhile is cut where it was."""
        with path.open("rb") as file:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = os.fstat(file.fileno()).st_size, 0o600
            hashing = _Hashing(file)
            self._tar.addfile(entry, hashing)
        self._manifest.files[name] = hashing.digest()

    def finish(self) -> int:
        """Bytes of the whole archive, which is on the disk when this returns."""
        data = self._manifest.model_dump_json(indent=1).encode()
        entry = tarfile.TarInfo(_MANIFEST)
        entry.size, entry.mode = len(data), 0o600
        self._tar.addfile(entry, io.BytesIO(data))
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        size = self._part.stat().st_size
        self._part.replace(self._path)
        return size

    def abandon(self) -> None:
        """Leave nothing of it. Harmless after `finish`."""
        with suppress(OSError):  # the disk is full: the rest cannot be flushed
            self._file.close()
        self._part.unlink(missing_ok=True)


class _Hashing:
    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._hash = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._hash.update(data)
        return data

    def digest(self) -> str:
        return self._hash.hexdigest()


def unpack(path: Path, folder: Path) -> Manifest:
    """Every file into `folder`, checked. Raises `ArchiveError`, and OSError when it cannot be read
    or written."""
    found: dict[str, str] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(path, "r:") as archive:
            for entry in archive:
                if not (entry.isreg() and _NAME.fullmatch(entry.name)) or ".." in entry.name:
                    raise ArchiveError("里面有不该有的东西")
                source = archive.extractfile(entry)
                assert source is not None
                if entry.name == _MANIFEST:
                    manifest = Manifest.model_validate_json(source.read())
                else:
                    found[entry.name] = _extract(source, folder / entry.name, entry.size)
    except (tarfile.TarError, EOFError):
        raise ArchiveError("文件不完整，或者不是邻声的备份") from None
    except ValidationError:
        raise ArchiveError("说明文件读不懂，也许是更新版本的邻声写的") from None
    if manifest is None:
        raise ArchiveError("文件不完整：后面缺了一截")
    if found != manifest.files:
        raise ArchiveError("内容和校验对不上，文件坏了")
    return manifest


def _extract(source: IO[bytes], path: Path, size: int) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    hashing = _Hashing(source)
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        while data := hashing.read(1 << 20):
            file.write(data)
            size -= len(data)
    if size:
        raise EOFError
    return hashing.digest()
