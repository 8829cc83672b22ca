"""Puts a backup back. All of it is unpacked and checked first; until then nothing is touched."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from bot.backup import snapshot
from bot.backup.archive import ArchiveError, Manifest, unpack
from bot.backup.backup import FOLDERS, KEY, PROFILE, key_check
from bot.failure import Failure
from bot.settings import Settings


@dataclass(frozen=True)
class Restored:
    made: datetime
    profile: Path | None
    """Folder of the community's profile, when the backup has one."""
    aside: Path | None
    """Folder with what was there before."""


def restore(
    settings: Settings, path: Path, *, key: Path | None, force: bool, files_only: bool
) -> Restored:
    """Raises `Failure`, and OSError when the disk is full; then what was there is there still.

    key: a file with the secret. force: over what is there. files_only: leave the database, which
    another machine restored.
    """
    home, url = settings.home, settings.database
    _is_free(settings, force=force, files_only=files_only)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=home) as name:
        folder = Path(name)
        try:
            manifest = unpack(path, folder)
        except ArchiveError as error:
            raise Failure(f"{path} 用不了：{error}。什么都没有动。") from None
        secret = _secret(settings, folder, key, manifest)
        aside = home / f"before-restore-{datetime.now():%Y%m%d-%H%M%S}"  # noqa: DTZ005
        if not files_only:
            _database(url, folder, manifest, aside)
        for entry in (*FOLDERS, PROFILE):
            _move(folder / entry, home / entry, aside)
        if not settings.secret_key.get_secret_value():
            _keep(home / KEY, secret, aside)
    profile = home / PROFILE
    return Restored(
        manifest.made,
        profile if profile.exists() else None,
        aside if aside.exists() else None,
    )


def _is_free(settings: Settings, *, force: bool, files_only: bool) -> None:
    recordings = settings.home / "recordings"
    there = recordings.is_dir() and any(recordings.iterdir())
    if not files_only:
        there = there or snapshot.holds_data(settings.database)
    if there and not force:
        raise Failure(
            f"{settings.home} 或数据库里已经有数据：恢复会换掉它。确定要换，请加 --force。"
        )
    if there and not files_only and snapshot.in_use(settings.database):
        raise Failure("数据库正在使用：请先停下邻声（每一台机器上的），再恢复。")


def _secret(settings: Settings, folder: Path, key: Path | None, manifest: Manifest) -> str:
    """The right one, wherever it is."""
    given = settings.secret_key.get_secret_value()
    files = [key] if key else [folder / KEY, settings.home / KEY]
    for file in files:
        if not given and file.exists():
            given = file.read_text(encoding="utf-8", errors="replace").strip()
    if not given:
        raise Failure(
            "备份里没有密钥，这台机器上也没有：请用 --key 指定当时另外保管的 secret.key，"
            "或设 LINSHENG_SECRET_KEY。"
        )
    try:
        right = key_check(given) == manifest.key_check
    except Failure:
        right = False
    if not right:
        raise Failure("密钥不是做备份时用的那一个：用它什么都读不出来。什么都没有动。")
    return given


def _database(url: str, folder: Path, manifest: Manifest, aside: Path) -> None:
    backend = make_url(url).get_backend_name()
    if manifest.database != backend:
        raise Failure(
            f"备份是 {manifest.database} 的，LINSHENG_DATABASE_URL 是 {backend} 的：要是同一种。"
        )
    if backend == "postgresql":
        snapshot.put_dump(url, folder / "database" / snapshot.DUMP)
        return
    for name, path in snapshot.sqlite_files(url).items():
        for left in (path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
            left.unlink(missing_ok=True)  # `in_use` has emptied them
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _move(folder / "database" / name, path, aside)


def _move(source: Path, target: Path, aside: Path) -> None:
    """What is at `target` goes aside first, also when the backup has nothing in its place."""
    if target.exists():
        aside.mkdir(mode=0o700, exist_ok=True)
        shutil.move(target, aside / target.name)
    if source.exists():
        shutil.move(source, target)


def _keep(path: Path, secret: str, aside: Path) -> None:
    if path.exists() and path.read_text().strip() == secret:
        return
    _move(path.with_name(".no-such-file"), path, aside)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(secret + "\n")
