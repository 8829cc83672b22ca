"""Asterisk out of Debian's packages into a folder, by whoever runs the tests, root or not.

apt is given a system of its own that has no package yet, so it fetches Asterisk with all it needs,
down to the C library; the packages are unpacked, never installed. `python -m
tests.support.asterisk.install` does it ahead.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CACHE = ROOT / ".linsheng" / "cache"
SUITE = "forky"
"""The first of Debian's releases with an Asterisk that has chan_websocket; what runs here stays as
it is."""
_KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_SOURCES = Path("/etc/apt")
_ENTRY = re.compile(r"(?:URIs:|deb\s+(?:\[[^]]*\]\s+)?)\s*(\S+/debian/?)(?:\s|$)")


class AsteriskMissing(RuntimeError):
    """It cannot be had here; the message says why."""


def install() -> Path:
    """The folder it is unpacked in; fetched when it is not there yet. Raises `AsteriskMissing`."""
    CACHE.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone():
        ready = sorted(CACHE.glob("asterisk-*/ready"), key=lambda mark: mark.stat().st_mtime)
        return ready[-1].parent if ready else _fetch()


def need_asterisk() -> Path:
    """Skip, loudly, where it cannot be had; fail when `LINSHENG_REQUIRE_SYSTEM` is set."""
    import pytest

    try:
        return install()
    except AsteriskMissing as missing:
        message = f"没有 Asterisk（{missing}）：经过真实交换机的测试没有跑"
        if os.environ.get("LINSHENG_REQUIRE_SYSTEM"):
            pytest.fail(message)
        pytest.skip(message)


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time; the others find it there."""
    with (CACHE / "asterisk.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch() -> Path:
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise AsteriskMissing(f"这台机器没有 {tool}")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="asterisk-", dir=CACHE) as name:
        work = Path(name)
        packages = _download(work, mirror())
        version = _version(packages)
        tree = work / "tree"
        for package in packages:
            _run(["dpkg-deb", "-x", str(package), str(tree)])
        target = CACHE / f"asterisk-{version}"
        shutil.rmtree(target, ignore_errors=True)
        tree.rename(target)
    (target / "ready").touch()
    print(
        f"== 装好了测试用的 Asterisk {version}（Debian {SUITE} 的 {len(packages)} 个软件包，"
        f"解开在 {target.relative_to(ROOT)}，用了 {time.monotonic() - began:.0f} 秒）",
        flush=True,
    )
    return target


def _download(work: Path, source: str) -> list[Path]:
    for folder in ("lists/partial", "archives/partial"):
        (work / folder).mkdir(parents=True)
    (work / "status").touch()
    keys = f"[signed-by={_KEYS}] " if _KEYS.exists() else ""
    (work / "sources.list").write_text(f"deb {keys}{source} {SUITE} main\n")
    settings = {
        "Dir::State": work,
        "Dir::State::status": work / "status",
        "Dir::State::Lists": work / "lists",
        "Dir::Cache": work,
        "Dir::Cache::archives": work / "archives",
        "Dir::Etc::sourcelist": work / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        "APT::Sandbox::User": "root",
        "APT::Install-Recommends": "false",
        "Acquire::Check-Valid-Until": "false",
        "Acquire::Languages": "none",
        "Debug::NoLocking": "true",
    }
    apt = ["apt-get", "-q", *(f"-o{key}={value}" for key, value in settings.items())]
    _run([*apt, "update"])
    _run([*apt, "install", "-y", "--download-only", "asterisk"])
    return sorted((work / "archives").glob("*.deb"))


def _version(packages: list[Path]) -> str:
    """
    >>> _version([Path("asterisk_1%3a22.10.1+dfsg-1_amd64.deb")])
    '22.10.1'
    """
    names = (re.match(r"asterisk_(?:\d+%3a)?([\d.]+)", one.name) for one in packages)
    return next(name[1] for name in names if name)


def mirror() -> str:
    """The mirror of Debian that this machine uses. Raises `AsteriskMissing`."""
    lists = [_SOURCES / "sources.list", *sorted(_SOURCES.glob("sources.list.d/*"))]
    text = "\n".join(one.read_text(errors="replace") for one in lists if one.is_file())
    for line in text.splitlines():
        found = re.match(
            r"(?:URIs:|deb\s+(?:\[[^]]*\]\s+)?)\s*(\S+/debian/?)(?:\s|$)", line.strip()
        )
        if found:
            return found[1]
    raise AsteriskMissing("软件源里没有 Debian 的镜像")


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        last = [line for line in done.stderr.strip().splitlines() if line.startswith("E:")]
        raise AsteriskMissing(f"{Path(command[0]).name}：{(last or ['没有成功'])[-1]}")


if __name__ == "__main__":
    try:
        install()
    except AsteriskMissing as missing:
        print(f"== 装不了测试用的 Asterisk（{missing}）：相关的测试会跳过。")
        sys.exit(0)
