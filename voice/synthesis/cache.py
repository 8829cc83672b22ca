"""Spoken once, kept: a clause comes back in a fraction of a millisecond."""

import hashlib
import os
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

from voice.sound import Sound
from voice.synthesis import for_phone
from voice.synthesis.pronounce import Pronunciation
from voice.synthesis.protocol import Engine, Synthesiser, SynthesisError
from voice.synthesis.turns import Turns

BIGGEST = 512 * 1024 * 1024
"""Bytes: about nine hours of speech at 16 000 a second."""
_TIDY_EVERY = 200
"""New clauses between two looks at the size."""


class Cache(Synthesiser):
    """Any voice, with what it said kept as files of bare PCM (8000 Hz). Processes may share the
    folder; the files read longest ago are removed when it grows beyond `biggest` bytes."""

    def __init__(
        self,
        inner: Engine,
        folder: Path,
        biggest: int = BIGGEST,
        pronunciation: Pronunciation = Pronunciation(),  # noqa: B008 (never changed)
    ) -> None:
        self.inner = inner
        self.pronunciation = pronunciation
        self.name = inner.name
        self.folder = folder
        self._biggest = biggest
        self._turns = Turns()
        self._made = 0
        self._lock = threading.Lock()

    def speak(self, text: str, pace: float = 1.0) -> Sound:
        """8000 Hz. Raises `SynthesisError` when it is not kept and cannot be made, `EngineBusy`
        when too many wait for that."""
        return self._speak(self.pronunciation.mark(text), pace, patient=False)

    def foresee(self, text: str, pace: float = 1.0) -> None:
        with suppress(SynthesisError):
            if not self.has(text, pace):
                self._speak(self.pronunciation.mark(text), pace, patient=True)

    def _speak(self, text: str, pace: float, patient: bool) -> Sound:
        path = self._path(text, pace)
        if (kept := _kept(path)) is not None:
            return kept
        with self._turns.take(patient):
            if (kept := _kept(path)) is not None:  # by who was before us
                return kept
            sound = self.inner.speak(text, pace)
            self._keep(path, sound)
            return sound

    def has(self, text: str, pace: float = 1.0) -> bool:
        """Whether this comes back at once."""
        with suppress(OSError):
            return self._path(self.pronunciation.mark(text), pace).stat().st_size > 0
        return False

    def _path(self, text: str, pace: float) -> Path:
        key = "\0".join((for_phone.VERSION, self.inner.name, f"{pace:.2f}", text))
        digest = hashlib.sha256(key.encode()).hexdigest()
        return self.folder / digest[:2] / f"{digest}.s16"

    def _keep(self, path: Path, sound: Sound) -> None:
        # A full disk costs the cache, never the call.
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
                try:
                    file.write(sound.pcm)
                    file.flush()
                    Path(file.name).replace(path)
                except OSError:
                    Path(file.name).unlink(missing_ok=True)
                    raise
        with self._lock:
            self._made += 1
            tidy = self._made % _TIDY_EVERY == 1
        if tidy:
            self._tidy()

    def _tidy(self) -> None:
        files = []
        for path in self.folder.glob("*/*"):
            with suppress(OSError):  # another process was quicker
                stat = path.stat()
                files.append((stat.st_mtime, stat.st_size, path))
        size = sum(each for _, each, _ in files)
        for _, each, path in sorted(files, key=lambda file: file[0]):
            if size <= self._biggest:
                return
            path.unlink(missing_ok=True)
            size -= each


def _kept(path: Path) -> Sound | None:
    with suppress(OSError):
        pcm = path.read_bytes()
        os.utime(path)
        if pcm:
            return Sound(pcm, for_phone.RATE)
    return None
