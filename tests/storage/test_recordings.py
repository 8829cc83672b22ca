import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.storage.box import Box
from bot.storage.database import Database
from bot.storage.full import StorageFull
from bot.storage.recordings import RecordingMissing, Recordings
from bot.storage.tables import Recording

PCM = "audio/l16;rate=8000"


@pytest.fixture
def recordings(tmp_path: Path) -> Recordings:
    box = Box("a secret for tests only")
    database = Database(f"sqlite:///{tmp_path / 'linsheng.db'}", box)
    database.migrate()
    return Recordings(tmp_path, database, box)


def _file(tmp_path: Path, recording_id: str) -> Path:
    return tmp_path / "recordings" / recording_id[:2] / recording_id


def test_what_was_written_is_read_also_before_the_end(recordings: Recordings) -> None:
    writer = recordings.start("call-1", PCM)
    writer.write(b"\x01\x00" * 4000)
    assert recordings.sound(writer.id).seconds == 0.5
    writer.write(b"\x02\x00" * 4000)
    writer.close()
    writer.close()
    assert recordings.read(writer.id) == b"\x01\x00" * 4000 + b"\x02\x00" * 4000


def test_files_are_encrypted_and_for_their_owner_only(
    recordings: Recordings, tmp_path: Path
) -> None:
    picture = b"\xff\xd8" + b"a picture of somebody's door" * 100
    kept = recordings.store(picture, "image/jpeg")
    assert recordings.read(kept) == picture
    path = _file(tmp_path, kept)
    assert b"door" not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in (path.parent, path.parent.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_large_one_in_one_piece(recordings: Recordings) -> None:
    data = os.urandom(5_000_000)
    assert recordings.read(recordings.store(data, "video/mp4")) == data


@pytest.mark.parametrize("cut", [1, 10, 200])
def test_a_torn_end_takes_only_itself(recordings: Recordings, tmp_path: Path, cut: int) -> None:
    writer = recordings.start("call-1", PCM)
    for number in range(5):
        writer.write(bytes([number]) * 1600)
    writer.close()
    path = _file(tmp_path, writer.id)
    os.truncate(path, path.stat().st_size - cut)
    assert recordings.read(writer.id) == b"".join(bytes([n]) * 1600 for n in range(4))


def test_chunks_cannot_be_changed_or_exchanged(recordings: Recordings, tmp_path: Path) -> None:
    writer = recordings.start("call-1", PCM)
    for number in range(3):
        writer.write(bytes([number]) * 100)
    writer.close()
    path = _file(tmp_path, writer.id)
    whole = path.read_bytes()
    size = 4 + 100 + 16
    head, first, second, third = whole[:20], *(whole[20 + n * size :][:size] for n in range(3))
    path.write_bytes(head + second + first + third)
    assert recordings.read(writer.id) == b""
    path.write_bytes(head + first + second[:50] + bytes([second[50] ^ 1]) + second[51:] + third)
    assert recordings.read(writer.id) == bytes(100)


@pytest.mark.parametrize("name", ["0" * 32, "../../etc/passwd", "", "ABC"])
def test_an_unknown_id_is_missing(recordings: Recordings, name: str) -> None:
    with pytest.raises(RecordingMissing):
        recordings.read(name)
    with pytest.raises(RecordingMissing):
        recordings.sound(name)


_WRITER = """
import sys
from pathlib import Path
from bot.storage.box import Box
from bot.storage.database import Database
from bot.storage.recordings import Recordings
home = Path(sys.argv[1])
box = Box("a secret for tests only")
recordings = Recordings(home, Database(f"sqlite:///{home / 'linsheng.db'}", box), box)
writer = recordings.start("call-9", "audio/l16;rate=8000")
print(writer.id, flush=True)
for number in range(1_000_000):
    writer.write(number.to_bytes(4, "big") * 400)
    print(number, flush=True)
"""


def test_killed_while_writing_everything_written_is_there(
    recordings: Recordings, tmp_path: Path
) -> None:
    for _ in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout
        recording_id = process.stdout.readline().strip()
        process.stdout.readline()
        assert recordings.left_open() == [], "its writer lives"
        time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        told = process.stdout.read().split()
        process.wait()
        last = int(told[-1]) if told else 0
        expected = b"".join(number.to_bytes(4, "big") * 400 for number in range(last + 1))
        assert recordings.read(recording_id).startswith(expected)
        (left,) = recordings.left_open()
        assert isinstance(left, Recording)
        assert (left.id, left.call_id) == (recording_id, "call-9")
        recordings.mark(recording_id, "heard_late")
    assert recordings.left_open() == []


def test_a_full_disk_says_so_and_keeps_what_was_written(
    recordings: Recordings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`/dev/full`'s error from the real system call, in the middle of a chunk."""
    writer = recordings.start("call-1", PCM)
    writer.write(b"before" * 100)
    real, full = os.write, os.open("/dev/full", os.O_WRONLY)

    def half_then_full(file: int, data: bytes) -> int:
        if len(data) > 100:
            return real(file, data[:100])
        return real(full, data)

    monkeypatch.setattr(os, "write", half_then_full)
    with pytest.raises(StorageFull, match="清出空间"):
        writer.write(b"lost" * 100)
    monkeypatch.setattr(os, "write", real)
    writer.write(b"after" * 100)
    writer.close()
    os.close(full)
    assert recordings.read(writer.id) == b"before" * 100 + b"after" * 100


def test_a_disk_that_is_full_from_the_start_leaves_nothing_behind(
    recordings: Recordings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    real = os.write
    monkeypatch.setattr(os, "write", lambda _, data: real(full, data))
    with pytest.raises(StorageFull):
        recordings.start("call-1", PCM)
    monkeypatch.setattr(os, "write", real)
    os.close(full)
    assert [p for p in (tmp_path / "recordings").rglob("*") if p.is_file()] == []
    assert recordings.left_open() == []


def test_a_full_disk_under_the_database_is_told(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from bot.storage.tables import Secret

    database = Database(f"sqlite:///{tmp_path / 'a.db'}", Box("a secret for tests only"))
    database.migrate()
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 60")
        connection.rollback()
        # One connection is enough to be refused: the pool hands the same one out again.
    with pytest.raises(StorageFull, match="清出空间"), database.begin() as session:
        session.add(Secret(name="big", value="x" * 2_000_000, expires=datetime.now(UTC)))
    with database.read() as session:
        assert session.get(Secret, "big") is None
