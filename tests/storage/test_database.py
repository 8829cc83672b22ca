import multiprocessing
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import StatementError

from bot.failure import Failure
from bot.storage.box import Box
from bot.storage.database import Database
from bot.storage.tables import Base, Secret, Staff
from bot.storage.types import Instant

SECRET = "a secret for tests only"


def _open(url: str) -> Database:
    return Database(url, Box(SECRET))


def _secret(name: str, value: str = "x") -> Secret:
    return Secret(name=name, value=value, expires=datetime.now(UTC))


def test_models_and_migrations_agree(database_url: str) -> None:
    database = _open(database_url)
    database.migrate()
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def _migrate(url: str, failures: "multiprocessing.Queue[str]") -> None:
    try:
        _open(url).migrate()
    except Exception as error:
        failures.put(repr(error))


def test_processes_that_start_together_migrate_once(database_url: str) -> None:
    context = multiprocessing.get_context("spawn")
    failures: multiprocessing.Queue[str] = context.Queue()
    both = [context.Process(target=_migrate, args=(database_url, failures)) for _ in range(3)]
    for process in both:
        process.start()
    for process in both:
        process.join(60)
    assert [process.exitcode for process in both] == [0, 0, 0]
    assert failures.empty()
    assert inspect(_open(database_url).engine).has_table("tickets")


def test_migrating_again_changes_nothing(database_url: str) -> None:
    database = _open(database_url)
    database.migrate()
    with database.begin() as session:
        session.add(_secret("kept", "值"))
    database.migrate()
    with database.read() as session:
        assert session.get_one(Secret, "kept").value == "值"


def test_the_wrong_secret_is_told_at_start(database_url: str) -> None:
    _open(database_url).migrate()
    with pytest.raises(Failure, match="LINSHENG_SECRET_KEY"):
        Database(database_url, Box("not that secret at all")).migrate()


def test_a_newer_database_is_not_touched(database_url: str) -> None:
    database = _open(database_url)
    database.migrate()
    with database.begin() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Failure, match="更新版本"):
        database.migrate()


def test_an_error_rolls_everything_back(database_url: str) -> None:
    database = _open(database_url)
    database.migrate()

    def fail() -> None:
        with database.begin() as session:
            session.add(_secret("a"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.read() as session:
        assert session.get(Secret, "a") is None


def test_reading_writes_nothing(database_url: str) -> None:
    database = _open(database_url)
    database.migrate()
    with pytest.raises(RuntimeError, match="begin"), database.read() as session:
        session.add(_secret("a"))
    with database.read() as session:
        assert session.get(Secret, "a") is None


def test_twenty_threads_count_without_a_loss(database_url: str) -> None:
    database = _open(database_url)
    database.migrate()
    with database.begin() as session:
        session.add(Staff(id="a", name="a", role="worker", password_hash="", must_change=True,
                          failures=0, created=datetime.now(UTC)))  # fmt: skip

    def count() -> None:
        for _ in range(5):
            with database.begin() as session:
                row = session.get_one(Staff, "a", with_for_update=True)
                row.failures += 1

    threads = [threading.Thread(target=count) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert session.get_one(Staff, "a").failures == 100


def test_instants_come_back_aware_and_naive_ones_are_refused(database_url: str) -> None:
    database = _open(database_url)
    database.migrate()
    shanghai = datetime.fromisoformat("2026-11-23T09:00:00.123456+08:00")
    with database.begin() as session:
        session.add(Secret(name="a", value="", expires=shanghai))
    with database.read() as session:
        found = session.scalars(select(Secret.expires).where(Secret.name == "a")).one()
        assert found == shanghai
        assert found.utcoffset() == timedelta(0)
        later = select(Secret.name).where(Secret.expires > shanghai - timedelta(seconds=1))
        assert "a" in session.scalars(later).all()
    with pytest.raises(StatementError, match="naive"), database.begin() as session:
        session.add(Secret(name="b", value="", expires=datetime(2026, 1, 1)))
    assert Instant().cache_ok


def test_sqlite_is_durable_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "linsheng.db"
    database = _open(f"sqlite:///{path}")
    database.migrate()
    with database.begin() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA synchronous")) == 2
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
        session.add(_secret("a"))
        session.flush()
        for file in path.parent.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_reader_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    database = _open(f"sqlite:///{tmp_path / 'a.db'}")
    database.migrate()
    with database.begin() as writing:
        writing.add(_secret("a"))
        writing.flush()
        seen: list[object] = []

        def look() -> None:
            with database.read() as session:
                seen.append(session.get(Secret, "a"))

        thread = threading.Thread(target=look)
        thread.start()
        thread.join(5)
        assert seen == [None]


@pytest.mark.parametrize(
    "url", ["sqlite:////proc/no/such.db", "sqlite://", "postgresql+psycopg://nobody@127.0.0.1:1/x"]
)
def test_a_database_that_cannot_be_reached_is_one_clear_line(url: str) -> None:
    with pytest.raises(Failure, match=r"数据库|LINSHENG_DATABASE_URL") as raised:
        _open(url).migrate()
    assert "\n" not in str(raised.value)
