"""Bringing a database's tables to this version, from inside the program."""

from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from bot.failure import Failure
from bot.storage.box import BoxError
from bot.storage.tables import Secret

_LOCK = 0x6C696E73
"""Number of PostgreSQL's advisory lock for migrations: “lins”."""


def migrate(engine: Engine) -> None:
    """All revisions in one transaction. Others wait: for the advisory lock on PostgreSQL, for the
    write lock (BEGIN IMMEDIATE) on SQLite; then they find nothing left to do.

    Raises `Failure` when the data was written by a newer version or with another secret.
    """
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
        try:
            command.upgrade(alembic_config(connection), "head")
        except CommandError:
            raise Failure(
                "数据库是更新版本的邻声写的：请安装那个版本，或用备份恢复旧数据。"
            ) from None
        _check_secret(connection)


def alembic_config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _check_secret(connection: Connection) -> None:
    """A wrong secret is told at start, before it writes what the right one cannot read."""
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        try:
            if session.get(Secret, "secret_check") is None:
                forever = datetime(9999, 1, 1, tzinfo=UTC)
                session.add(Secret(name="secret_check", value="ok", expires=forever))
                session.commit()
        except BoxError:
            raise Failure(
                "LINSHENG_SECRET_KEY（或数据目录里的 secret.key）不是写这个数据库时用的那一个："
                "请换回原来的密钥。"
            ) from None
