"""Back up what people really said, lose the machine, restore, and replay every conversation."""

import os
import shutil
import sqlite3
import tarfile
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, make_url, select, text

from bot.cli import main
from bot.dialogue.replay import replay
from bot.followup import timers
from bot.services import Services
from bot.storage.tables import ConversationRow, Recording, Ticket, TurnRow
from flows.heard import HeardKind
from tests.support.postgres import make_database
from tests.support.services import make_services
from tests.support.talking import caller, follower

Run = Callable[..., int]
SECRET = "a secret for tests only"
SPOKEN = b"\x00\x10" * 4000


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command on a home and a database; its exit code."""

    def go(home: Path, url: str, *words: object, secret: str = SECRET) -> int:
        monkeypatch.chdir(home.parent)
        monkeypatch.setenv("LINSHENG_HOME", str(home))
        monkeypatch.setenv("LINSHENG_DATABASE_URL", url)
        monkeypatch.setenv("LINSHENG_SECRET_KEY", secret)
        monkeypatch.setattr("sys.argv", ["linsheng", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0)

    return go


@pytest.fixture
def lived(services: Services) -> Services:
    """A call with its recording, and a chat."""
    call = caller(services)
    writer = services.recordings.start("call-1", "audio/l16;rate=8000")
    writer.write(SPOKEN)
    writer.close()
    conversation = call.take(HeardKind.OPENED).conversation
    call.says("三幢二单元楼道灯坏了", conversation=conversation, recording=writer.id)
    call.says("对", conversation=conversation)
    follower(services).says("五幢一单元电梯坏了")
    return services


@pytest.fixture
def dbos_was_here(lived: Services) -> None:
    """Its own tables. Before `capsys`: DBOS keeps the stream that it first logged to."""
    with timers.running(lived.database, poll=0.1):
        pass


@pytest.fixture
def empty_url(tmp_path: Path, request: pytest.FixtureRequest, database_url: str) -> str:
    """Of another machine, of the same kind."""
    if database_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'second' / 'linsheng.db'}"
    return make_database(request.getfixturevalue("postgres_server"))


def _contents(services: Services) -> dict[str, int]:
    with services.database.read() as session:
        return {
            model.__tablename__: session.scalar(select(func.count()).select_from(model)) or 0
            for model in (ConversationRow, TurnRow, Ticket, Recording)
        }


def _differences(services: Services) -> list[object]:
    with services.database.read() as session:
        ids = session.scalars(select(ConversationRow.id)).all()
        return [d for id in ids for d in replay(session, id, services.community).differences]


def _timers(url: str) -> bool:
    """Whether DBOS's own tables are there."""
    where = make_url(url)
    if where.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(f"{where.database}-dbos")) as connection:
            query = "SELECT count(*) FROM sqlite_master WHERE name = 'workflow_status'"
            return bool(connection.execute(query).fetchone()[0])
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        row = connection.execute(
            "SELECT to_regclass('dbos.workflow_status') IS NOT NULL"
        ).fetchone()
        return bool(row and row[0])


def test_everything_comes_back_and_replays(
    lived: Services, dbos_was_here: None, run: Run, tmp_path: Path, database_url: str,
    empty_url: str, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    home, file = lived.settings.home, tmp_path / "backup.tar"
    before = _contents(lived)
    assert run(home, database_url, "backup", file) == 0
    assert "密钥不在里面" in capsys.readouterr().out
    assert file.stat().st_mode & 0o777 == 0o600
    assert SECRET.encode() not in file.read_bytes()
    caller(lived, "13900000000").says("后来说的")  # not in the backup

    second = tmp_path / "second"
    second.mkdir()
    assert run(second, empty_url, "restore", file) == 0
    assert "工单 2 件，录音和图片 1 份" in capsys.readouterr().out
    restored = make_services(second, database_url=empty_url)
    try:
        assert _contents(restored) == before
        assert _differences(restored) == []
        with restored.database.read() as session:
            (recording,) = session.scalars(select(Recording.id))
        assert restored.recordings.read(recording) == SPOKEN
        assert _timers(empty_url)
        # And life goes on there.
        assert caller(restored).says("灯修得怎么样了").text
    finally:
        restored.database.close()


def test_a_backup_taken_in_the_middle_of_writing_is_one_state(
    services: Services, run: Run, tmp_path: Path, database_url: str, empty_url: str
) -> None:
    """Whoever has a turn has its conversation and its ticket, however much was going on."""
    stop, done = threading.Event(), threading.Event()

    def talk() -> None:
        number = 0
        while not stop.is_set():
            follower(services, f"o{number}").says("三幢二单元楼道灯坏了")
            number += 1
            if number == 5:
                done.set()

    talking = threading.Thread(target=talk)
    talking.start()
    try:
        assert done.wait(60)
        assert run(services.settings.home, database_url, "backup", tmp_path / "b.tar") == 0
    finally:
        stop.set()
        talking.join()
    second = tmp_path / "second"
    second.mkdir()
    assert run(second, empty_url, "restore", tmp_path / "b.tar") == 0
    restored = make_services(second, database_url=empty_url)
    try:
        counts = _contents(restored)
        assert counts["conversations"] == counts["turns"] == counts["tickets"] >= 5
        assert _differences(restored) == []
    finally:
        restored.database.close()


def test_the_key_goes_along_only_when_asked(
    tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    url = f"sqlite:///{home / 'linsheng.db'}"
    services = make_services(home, secret_key="")
    follower(services).says("三幢二单元楼道灯坏了")
    services.database.close()
    for words in ([], ["--with-key"]):
        assert run(home, url, "backup", tmp_path / f"b{len(words)}.tar", *words, secret="") == 0
    key = home.joinpath("secret.key").read_text()
    second = tmp_path / "second"
    target = f"sqlite:///{second / 'linsheng.db'}"
    assert run(second, target, "restore", tmp_path / "b0.tar", secret="") == 1
    assert "用 --key 指定" in capsys.readouterr().err
    assert list(second.iterdir()) == []
    assert run(second, target, "restore", tmp_path / "b1.tar", secret="") == 0
    assert second.joinpath("secret.key").read_text() == key
    assert second.joinpath("secret.key").stat().st_mode & 0o777 == 0o600
    kept = tmp_path / "kept.key"
    shutil.move(second / "secret.key", kept)
    assert run(second, target, "restore", tmp_path / "b0.tar", "--force", "--key", kept,
               secret="") == 0  # fmt: skip
    assert second.joinpath("secret.key").read_text() == key


def test_a_wrong_key_changes_nothing(
    lived: Services, run: Run, tmp_path: Path, database_url: str, empty_url: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert run(lived.settings.home, database_url, "backup", tmp_path / "b.tar") == 0
    second = tmp_path / "second"
    second.mkdir()
    code = run(second, empty_url, "restore", tmp_path / "b.tar", secret="another secret entirely")
    error = capsys.readouterr().err
    assert code == 1
    assert "密钥不是做备份时用的那一个" in error
    assert error.count("\n") == 1
    assert list(second.iterdir()) == []


def test_a_file_that_was_cut_short_changes_nothing(
    lived: Services, run: Run, tmp_path: Path, database_url: str, empty_url: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    file = tmp_path / "b.tar"
    assert run(lived.settings.home, database_url, "backup", file) == 0
    with tarfile.open(file) as archive:
        end = max(entry.offset_data + entry.size for entry in archive)
    second = tmp_path / "second"
    second.mkdir()
    for share in (0.98, 0.4, 0.0):
        os.truncate(file, int(end * share))
        assert run(second, empty_url, "restore", file) == 1
        assert "不完整" in capsys.readouterr().err
        assert list(second.iterdir()) == []


def test_a_file_that_was_changed_changes_nothing(
    lived: Services, run: Run, tmp_path: Path, database_url: str, empty_url: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    file = tmp_path / "b.tar"
    assert run(lived.settings.home, database_url, "backup", file) == 0
    with tarfile.open(file) as archive:
        where = next(e.offset_data for e in archive if e.name.startswith("recordings/")) + 40
    with file.open("r+b") as opened:
        opened.seek(where)
        byte = opened.read(1)
        opened.seek(where)
        opened.write(bytes([byte[0] ^ 1]))
    second = tmp_path / "second"
    second.mkdir()
    assert run(second, empty_url, "restore", file) == 1
    assert "文件坏了" in capsys.readouterr().err


def test_nothing_is_overwritten_unasked_nor_under_a_running_service(
    lived: Services, run: Run, tmp_path: Path, database_url: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    home, file = lived.settings.home, tmp_path / "b.tar"
    assert run(home, database_url, "backup", file) == 0
    before = _contents(lived)
    follower(lived, "oLater").says("六幢一单元漏水了")
    assert run(home, database_url, "restore", file) == 1
    assert "--force" in capsys.readouterr().err
    assert run(home, database_url, "restore", file, "--force") == 1
    assert "请先停下邻声" in capsys.readouterr().err
    with lived.database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM tickets")) == 3
    lived.database.close()
    assert run(home, database_url, "restore", file, "--force") == 0
    again = make_services(home, database_url=database_url)
    try:
        assert _contents(again) == before
        assert _differences(again) == []
    finally:
        again.database.close()


def test_a_full_disk_is_said_and_leaves_no_half_backup(
    services: Services, run: Run, tmp_path: Path, database_url: str,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """`/dev/full`'s error from the real system call."""
    real = os.fdopen

    def full(handle: int, mode: str = "r") -> object:
        os.dup2(os.open("/dev/full", os.O_WRONLY), handle)
        return real(handle, mode)

    monkeypatch.setattr("bot.backup.archive.os.fdopen", full)
    assert run(services.settings.home, database_url, "backup", tmp_path / "b.tar") == 1
    error = capsys.readouterr().err
    assert "磁盘满了" in error
    assert error.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir() if "b.tar" in path.name] == []
