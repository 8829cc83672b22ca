import stat
import threading
from pathlib import Path

import pytest

from bot.failure import Failure
from bot.storage.box import Box, BoxError, load_or_make_secret


def test_what_was_encrypted_comes_back_and_is_different_each_time() -> None:
    box = Box("a secret for tests only")
    first, second = box.encrypt("张三".encode()), box.encrypt("张三".encode())
    assert first != second
    assert box.decrypt(first) == box.decrypt(second) == "张三".encode()


@pytest.mark.parametrize(
    "spoil", [lambda b: b[:-1], lambda b: b[:20] + b"x" + b[21:], lambda b: b""]
)
def test_changed_bytes_are_refused(spoil) -> None:  # type: ignore[no-untyped-def]
    box = Box("a secret for tests only")
    with pytest.raises(BoxError):
        box.decrypt(spoil(box.encrypt(b"13800001234")))


def test_another_secret_reads_nothing_and_hashes_otherwise() -> None:
    one, other = Box("a secret for tests only"), Box("another secret for tests")
    with pytest.raises(BoxError):
        other.decrypt(one.encrypt(b"x"))
    assert one.digest("13800001234") == Box("a secret for tests only").digest("13800001234")
    assert one.digest("13800001234") != other.digest("13800001234")


def test_a_short_secret_is_refused_with_a_way_out() -> None:
    with pytest.raises(Failure, match="LINSHENG_SECRET_KEY"):
        Box("short")


def test_the_secret_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    home = tmp_path / "home"
    made: list[str] = []
    threads = [
        threading.Thread(target=lambda: made.append(load_or_make_secret(home))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len(set(made)) == 1
    assert stat.S_IMODE((home / "secret.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert [path.name for path in home.iterdir()] == ["secret.key"]


def test_an_empty_secret_file_is_an_error_not_a_new_secret(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("\n")
    with pytest.raises(Failure, match="备份"):
        load_or_make_secret(tmp_path)
