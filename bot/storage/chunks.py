"""An encrypted file that only grows: what was written before a kill is readable, whatever follows.

Layout: `LSR1`, 16 random bytes the file's own key is derived from, then chunks of 4 bytes length
(big-endian) and AES-GCM ciphertext whose nonce is the chunk's place in the file. A chunk that is
cut short or was changed ends the file for the reader: order and content are authenticated.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.storage.box import Box
from bot.storage.full import StorageFull, is_full

_MAGIC = b"LSR1"
_SALT = 16
_LENGTH = 4
_PIECE = 1 << 20
"""Bytes of one chunk at most."""


class ChunkWriter:
    """Appends to a new file (mode 0600). For one thread at a time.

    Holds the file's lock while it lives; the kernel frees it with the process, so `is_written`
    tells a living writer from a dead one. Raises `StorageFull` from every method that writes.
    """

    def __init__(self, path: Path, box: Box) -> None:
        """Raises FileExistsError when the file is there already."""
        path.parent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        salt = os.urandom(_SALT)
        self._cipher = AESGCM(box.key("recording", salt))
        self._count = 0
        self._end = 0
        with _full():
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            self._append(_MAGIC + salt)
        except OSError:
            self.abandon()
            path.unlink()
            raise

    def write(self, data: bytes) -> None:
        """Handed to the system when this returns: a kill -9 cannot take it back."""
        for start in range(0, len(data), _PIECE):
            nonce = self._count.to_bytes(12, "big")
            sealed = self._cipher.encrypt(nonce, data[start : start + _PIECE], None)
            self._append(len(sealed).to_bytes(_LENGTH, "big") + sealed)
            self._count += 1

    def close(self) -> None:
        """On the disk itself when this returns: a power cut cannot take it back."""
        if self._file >= 0:
            try:
                with _full():
                    os.fsync(self._file)
            finally:
                self.abandon()

    def abandon(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _append(self, data: bytes) -> None:
        left = memoryview(data)
        try:
            with _full():
                while left:
                    left = left[os.write(self._file, left) :]
        except OSError:
            os.ftruncate(self._file, self._end)
            raise
        self._end += len(data)


def read_chunks(path: Path, box: Box) -> Iterator[bytes]:
    """The whole chunks, in order; stops at the first that is torn or not ours.

    Raises FileNotFoundError.
    """
    with path.open("rb") as file:
        head = file.read(len(_MAGIC) + _SALT)
        if head[: len(_MAGIC)] != _MAGIC or len(head) < len(_MAGIC) + _SALT:
            return
        cipher = AESGCM(box.key("recording", head[len(_MAGIC) :]))
        count = 0
        while len(length := file.read(_LENGTH)) == _LENGTH:
            try:
                sealed = file.read(min(int.from_bytes(length, "big"), 2 * _PIECE))
                yield cipher.decrypt(count.to_bytes(12, "big"), sealed, None)
            except (InvalidTag, ValueError):
                return
            count += 1


def is_written(path: Path) -> bool:
    """Whether a living process (this one, too) still writes the file."""
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


@contextmanager
def _full() -> Iterator[None]:
    """Turns “no space left” into `StorageFull`."""
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise StorageFull("录音") from error
        raise
