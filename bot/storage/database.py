"""The engine and its transactions: SQLite embedded, PostgreSQL when machines share the work."""

import os
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from bot.failure import Failure
from bot.storage.box import Box
from bot.storage.full import StorageFull
from bot.storage.migrate import migrate
from bot.storage.types import bind_box

_PATIENCE = 30
"""Seconds a transaction waits for its turn, and a thread for a connection."""
_READ = "linsheng_read"


class Database:
    """One database and the box its personal data is encrypted with. Thread-safe."""

    def __init__(self, url: str, box: Box) -> None:
        """Connects to nothing yet. Raises `Failure` when SQLite's folder cannot be made."""
        self.box = box
        self.engine = _sqlite(url) if make_url(url).get_backend_name() == "sqlite" else _server(url)
        bind_box(self.engine.dialect, box)
        self.info: dict[str, Any] = {}
        """Copied into every session's `info`: what verbs need beyond the rows."""
        # SQLite has one writer; its own waiting polls at up to 100 ms, a lock wakes at once.
        self._writer = threading.Lock() if self.engine.dialect.name == "sqlite" else None
        self._sessions = sessionmaker(expire_on_commit=False)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A session in one transaction: committed at the end of the block, rolled back on an error.

        Never nest two in one thread. Raises `StorageFull` when the disk is.
        """
        if self._writer and not self._writer.acquire(timeout=_PATIENCE):
            raise TimeoutError("数据库忙：等了 30 秒还没有轮到写入")
        try:
            with self._session(self.engine) as session:
                yield session
        finally:
            if self._writer:
                self._writer.release()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads one consistent state; on SQLite it neither waits for a writer
        nor keeps one waiting."""
        with self._session(self.engine.execution_options(**{_READ: True})) as session:
            yield session
            if session.dirty or session.new or session.deleted:
                raise RuntimeError("Database.read() is for reading; use begin() to write")

    @contextmanager
    def _session(self, engine: Engine) -> Iterator[Session]:
        try:
            with self._sessions(bind=engine, info=dict(self.info)) as session, session.begin():
                yield session
        except DBAPIError as error:
            if _is_full(error):
                raise StorageFull("这一步") from error
            raise

    def migrate(self) -> None:
        """Bring the tables to this version. Safe when several processes start together.

        Raises `Failure` when the database cannot be reached, or was written with another secret.
        """
        try:
            migrate(self.engine)
        except OperationalError as error:
            raise Failure(
                f"数据库用不了（{_first_line(error)}）：请检查 LINSHENG_DATABASE_URL 和数据目录。"
            ) from None

    def scrub(self) -> None:
        """Leave nothing of deleted rows in the database's own files, as far as it can be asked to:
        SQLite's log, PostgreSQL's dead rows."""
        if self._writer:
            with closing(self.engine.raw_connection()) as raw:
                raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        with self.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM")

    def close(self) -> None:
        self.engine.dispose()


def _server(url: str) -> Engine:
    return create_engine(
        url, pool_size=10, max_overflow=30, pool_timeout=_PATIENCE, pool_pre_ping=True
    )


def _sqlite(url: str) -> Engine:
    _make_file(make_url(url).database or "")
    engine = create_engine(
        url,
        pool_size=10,
        max_overflow=30,
        pool_timeout=_PATIENCE,
        connect_args={"timeout": _PATIENCE, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _: object) -> None:
        # The driver's own BEGIN comes too late (before the first write); `begin` below does it.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get(_READ)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _make_file(name: str) -> None:
    """SQLite would make it readable for everybody; its -wal and -shm take over the file's mode."""
    if not name or name == ":memory:":
        raise Failure(
            "LINSHENG_DATABASE_URL 要写明文件，例如 sqlite:////var/lib/linsheng/linsheng.db"
        )
    try:
        Path(name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(name, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise Failure(f"数据库文件 {name} 用不了（{error.strerror}）：请检查目录和权限。") from None


def _is_full(error: DBAPIError) -> bool:
    # 53100 is PostgreSQL's disk_full.
    return getattr(error.orig, "sqlstate", "") == "53100" or "is full" in str(error.orig)


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().partition("\n")[0]
