"""Makes a backup while the service runs."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url

from bot.backup import snapshot
from bot.backup.archive import Manifest, Writer
from bot.community import read_community
from bot.outlets.profile import read_outlets
from bot.settings import Settings
from bot.storage.box import Box, load_or_make_secret

FOLDERS = ("recordings", "voices")
"""Of the home. Models are fetched again, spoken clauses made again."""
KEY, PROFILE = "secret.key", "profile"


def secret_of(settings: Settings) -> str:
    return settings.secret_key.get_secret_value() or load_or_make_secret(settings.home)


def key_check(secret: str) -> str:
    return Box(secret).digest("linsheng-backup")


def backup(settings: Settings, path: Path, *, with_key: bool) -> int:
    """Write the archive; returns its bytes. Raises `Failure`, and OSError (`StorageFull` among
    them): then nothing is left of it."""
    secret = secret_of(settings)
    backend = make_url(settings.database).get_backend_name()
    manifest = Manifest(made=datetime.now(UTC), database=backend, key_check=key_check(secret))
    writer = Writer(path, manifest)
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=path.parent) as folder:
            # Databases first: of every recording they know of the file is there already.
            for file in snapshot.take(settings.database, Path(folder)):
                writer.add(f"database/{file.name}", file)
            if with_key:
                key = Path(folder) / KEY
                key.touch(mode=0o600)
                key.write_text(secret + "\n")
                writer.add(KEY, key)
        for folder_name in FOLDERS:
            _add_all(writer, settings.home, settings.home / folder_name)
        for file in _profile(settings):
            writer.add(f"{PROFILE}/{file.name}", file)
        return writer.finish()
    finally:
        writer.abandon()


def _add_all(writer: Writer, home: Path, folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            try:
                writer.add(path.relative_to(home).as_posix(), path)
            except FileNotFoundError:
                continue  # erased meanwhile


def _profile(settings: Settings) -> list[Path]:
    """The community's file and the templates it names; nothing for the packaged demo."""
    if settings.community is None:
        return []
    profile = read_community(settings.community).profile
    names = {
        getattr(outlet, "mapping_file", "") for outlet in read_outlets(profile, settings.community)
    }
    beside = [settings.community.parent / name for name in sorted(names) if name]
    return [settings.community, *beside]
