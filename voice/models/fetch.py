"""Brings a model onto this machine: source after source, checked, whole or not at all."""

import errno
import fcntl
import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from voice.models.catalogue import File, Model
from voice.models.sources import SourceFailed
from voice.models.status import State, sha256, state_of
from voice.models.unpack import BadArchive, unpack

Progress = Callable[[File, int], None]
"""Which file, and how many bytes of it are there by now."""
Note = Callable[[str], None]
"""A line for whoever is waiting."""


class FetchError(RuntimeError):
    """A model could not be had. The message says, in Chinese, what to do by hand."""


def fetch(
    models: Iterable[Model],
    folder: Path,
    progress: Progress = lambda file, done: None,
    note: Note = lambda line: None,
) -> None:
    """Fetch what is missing or broken. Running it again goes on where it stopped.

    Two processes at once are safe: the second waits, and finds everything done.
    Raises `FetchError` after every file was tried, naming all that failed.
    """
    failures = []
    with _full_disk_said(folder), _one_at_a_time(folder):
        for model in models:
            for file in model.files:
                if state_of(file, folder) is State.READY:
                    progress(file, file.size)
                    continue
                try:
                    _fetch_file(file, folder, progress, note)
                except FetchError as failure:
                    failures.append(str(failure))
        if not failures:
            shutil.rmtree(folder / ".fetch", ignore_errors=True)
    if failures:
        raise FetchError("\n".join(failures))


def _fetch_file(file: File, folder: Path, progress: Progress, note: Note) -> None:
    by_hand = folder / file.name
    if file.unpack_to and by_hand.exists() and sha256(by_hand) == file.sha256:
        _settle(by_hand, file, folder)
        return
    work = folder / ".fetch"
    reasons = []
    for source in file.sources:
        # Each source has its own partial file: a broken one must not spoil another's.
        key = hashlib.sha256(f"{source.name} {file.name}".encode()).hexdigest()[:16]
        packages = work / hashlib.sha256(source.name.encode()).hexdigest()[:16]
        packages.mkdir(parents=True, exist_ok=True)
        partial = work / f"{key}.part"
        try:
            source.fetch(partial, packages, lambda done: progress(file, min(done, file.size)))
            _accept(partial, file, folder)
        except SourceFailed as failure:
            reasons.append(f"{source.name}：{failure}")
            note(f"{source.name} 没有取到（{failure}），换下一个来源")
        else:
            progress(file, file.size)
            return
    raise FetchError(
        f"{file.name} 从哪里都没有取到（{'；'.join(reasons)}）。"
        f"请检查网络后再运行一次 linsheng models fetch，会接着下载；"
        f"或者用别的办法得到这个文件（{file.size} 字节，SHA-256 {file.sha256}），"
        f"放到 {by_hand}，再运行一次。"
    )


def _accept(partial: Path, file: File, folder: Path) -> None:
    """Check the bytes; only then do they get the file's name."""
    if not partial.exists():
        raise SourceFailed("nothing came")
    found = sha256(partial)
    if found != file.sha256:
        size = partial.stat().st_size
        partial.unlink()  # going on from wrong bytes can never become right
        raise SourceFailed(f"SHA-256 {found[:12]}… of {size} bytes is not the right one")
    _settle(partial, file, folder)


def _settle(whole: Path, file: File, folder: Path) -> None:
    """Put a checked file where it belongs."""
    if file.unpack_to:
        try:
            unpack(whole, folder / file.unpack_to)
        except BadArchive as error:
            raise SourceFailed(str(error)) from None
        whole.unlink()
    else:
        target = folder / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        whole.replace(target)


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _full_disk_said(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise FetchError(
                f"磁盘满了：{folder} 需要约 300 MB 空间。腾出空间后再运行一次，会接着下载。"
            ) from None
        raise FetchError(
            f"{folder} 写不进去（{error.strerror}）。请检查这个文件夹的权限。"
        ) from None
