"""One consistent state of the databases while others write, and putting it back.

SQLite: its online backup, of our file and of DBOS's beside it. PostgreSQL: `pg_dump` of the whole
database, DBOS's schema included. The two SQLite files are of two moments: a timer that one knows
of and the other does not is what `bot.followup.timers.catch_up` is for.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, create_engine, inspect, make_url, text
from sqlalchemy.exc import OperationalError

from bot.failure import Failure
from bot.storage.full import StorageFull

SQLITE, TIMERS, DUMP = "linsheng.db", "timers.db", "postgresql.dump"
"""Names inside a backup."""


def take(url: str, folder: Path) -> list[Path]:
    """Files in `folder` that hold the databases. Raises `Failure`, `StorageFull`."""
    where = make_url(url)
    if where.get_backend_name() == "postgresql":
        dump = folder / DUMP
        _run("pg_dump", where, "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}")
        return [dump]
    files = sqlite_files(url)
    if not files[SQLITE].exists():
        raise Failure(f"{files[SQLITE]} 还没有：没有什么可备份的。")
    return [_copy(path, folder / name) for name, path in files.items() if path.exists()]


def sqlite_files(url: str) -> dict[str, Path]:
    """Where the databases lie, by their name inside a backup."""
    name = make_url(url).database or ""
    return {SQLITE: Path(name), TIMERS: Path(f"{name}-dbos")}


def put_dump(url: str, dump: Path) -> None:
    """All of it or nothing: one transaction. Raises `Failure`."""
    _run("pg_restore", make_url(url), "--clean", "--if-exists", "--no-owner", "--no-privileges",
         "--single-transaction", "--exit-on-error", str(dump))  # fmt: skip


def holds_data(url: str) -> bool:
    """Whether there is anything to be overwritten. Raises `Failure` when nobody can tell."""
    where = make_url(url)
    if where.get_backend_name() == "sqlite":
        return any(path.exists() and path.stat().st_size for path in sqlite_files(url).values())
    engine = create_engine(where)
    try:
        return inspect(engine).has_table("tickets")
    except OperationalError as error:
        raise Failure(f"数据库用不了（{str(error.orig).strip().splitlines()[0]}）。") from None
    finally:
        engine.dispose()


def in_use(url: str) -> bool:
    """Whether somebody else has the database open."""
    where = make_url(url)
    if where.get_backend_name() == "sqlite":
        return any(_is_open(path) for path in sqlite_files(url).values() if path.exists())
    engine = create_engine(where)
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    with engine.connect() as connection:
        count = connection.execute(text(others)).scalar_one()
    engine.dispose()
    return bool(count)


def _is_open(path: Path) -> bool:
    """Leaving WAL needs the file for oneself, and every open connection holds a share of it."""
    with closing(sqlite3.connect(path, timeout=1)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError:
            return True
        except sqlite3.DatabaseError:
            return False  # broken: nobody works with it
    return False


def _copy(source: Path, target: Path) -> Path:
    os.close(os.open(target, os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with (
            closing(sqlite3.connect(source, timeout=30)) as one,
            closing(sqlite3.connect(target)) as other,
        ):
            one.backup(other)  # in one step: writers go on beside it
    except sqlite3.DatabaseError as error:
        if "full" in str(error):
            raise StorageFull("备份") from error
        raise Failure(f"数据库 {source} 读不出来（{error}）。") from None
    return target


def _run(tool: str, url: URL, *arguments: str) -> None:
    program = shutil.which(tool)
    if program is None:
        raise Failure(
            f"这台机器上没有 {tool}：请先安装（Debian：sudo apt-get install postgresql-client）。"
        )
    # Not on the command line, where everybody on the machine could read it.
    environment = {**os.environ, **({"PGPASSWORD": url.password} if url.password else {})}
    plain = url.set(drivername="postgresql", password=None).render_as_string()
    done = subprocess.run(
        [program, f"--dbname={plain}", *arguments], env=environment, capture_output=True, text=True
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        if any("No space left" in line for line in said):
            raise StorageFull("备份")
        raise Failure(f"{tool} 没有成功：{said[0] if said else done.returncode}")
