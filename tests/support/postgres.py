"""A throw-away PostgreSQL from Debian's package: one per test session, in a folder of its own."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB")
"""Power cuts are not what is tested; a killed client loses nothing through these."""


class PostgresMissing(RuntimeError):
    """PostgreSQL is not installed; the message says how to get it."""


def binaries() -> Path:
    """The folder with `initdb` and `postgres`. Raises `PostgresMissing`."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    if on_path and Path(on_path).resolve().with_name("postgres").exists():
        found.append(Path(on_path).resolve())
    if not found:
        raise PostgresMissing(
            "PostgreSQL is not installed: storage is tested on SQLite only "
            "(sudo apt-get install postgresql)"
        )
    return found[-1].parent


@contextmanager
def postgres(*, quick: bool = True) -> Iterator[str]:
    """A running server; gives the SQLAlchemy URL without a database's name. quick: a commit does
    not wait for the disk. Raises
    `PostgresMissing`, and RuntimeError with the server's own words when it does not start."""
    tools = binaries()
    folder = Path(tempfile.mkdtemp(prefix="linsheng-pg-"))
    log = folder / "log"
    process: subprocess.Popen[bytes] | None = None
    try:
        user = _owner(folder)
        data = folder / "data"
        init = [tools / "initdb", "-D", data, "-U", "linsheng", "-A", "trust", "-E", "UTF8",
                "--locale=C.UTF-8", "--no-sync"]  # fmt: skip
        made = subprocess.run(user + [str(part) for part in init], capture_output=True, cwd=folder)
        if made.returncode:
            raise RuntimeError(f"initdb: {made.stderr.decode().strip()}")
        port = _free_port()
        options = [f"-c{option}" for option in (_QUICK if quick else ())]
        with log.open("wb") as out:
            process = subprocess.Popen(
                [*user, str(tools / "postgres"), "-D", str(data), "-k", str(folder), "-h",
                 "127.0.0.1", "-p", str(port), "-N", "120", *options],
                stdout=out, stderr=out, cwd=folder,
            )  # fmt: skip
        _wait(process, port, log)
        yield f"postgresql+psycopg://linsheng@127.0.0.1:{port}"
    finally:
        if process is not None:
            process.send_signal(signal.SIGQUIT)  # "immediate": nothing here is to be kept
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        # Hundreds of databases are a hundred thousand files: more than a minute's work.
        subprocess.Popen(["rm", "-rf", str(folder)], start_new_session=True)


def make_database(server: str) -> str:
    """A fresh database; its URL."""
    name = f"t{secrets.token_hex(6)}"
    with psycopg.connect(_plain(server), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return f"{server}/{name}"


def _plain(server: str) -> str:
    return server.replace("+psycopg", "") + "/postgres"


def _owner(folder: Path) -> list[str]:
    """initdb refuses root: how to run as somebody else, who gets the folder."""
    # With the parent dies the server, even when the tests are killed.
    leash = ["setpriv", "--pdeathsig=INT"]
    if os.getuid() != 0:
        return [*leash, "--"]
    for name in ("postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, account.pw_uid, account.pw_gid)
        return [*leash, f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}",
                "--clear-groups", "--"]  # fmt: skip
    raise RuntimeError("root has no account `postgres` or `nobody` to run PostgreSQL as")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    server = f"postgresql://linsheng@127.0.0.1:{port}"
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            psycopg.connect(f"{server}/postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text()[-500:]}")
