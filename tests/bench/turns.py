"""`python -m tests.bench.turns`: WeChat turns a second, each committed, beside a bare echo in the
same run: one process on SQLite; one on PostgreSQL; two web and two worker processes, one of them
killed in between.

Every message is somebody else's, encrypted (safe mode), and asks for a ticket of its own. A message
without an answer is sent again, to the other process, as WeChat does. The client shares the
processors, so turns a second depend on what else runs; processor time per turn does not.
"""

import asyncio
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import psycopg
from sqlalchemy import create_engine, text

from tests.bench.cpu import children_of, session_of, together
from tests.bench.echo import ACCOUNT
from tests.bench.table import table
from tests.simulators.wechat.envelope import wrap
from tests.support.postgres import make_database, postgres
from tests.support.service import ROOT, ServiceProcess, free_port
from tests.wechat.wire import text_xml

SECONDS = float(os.environ.get("SECONDS", 20))
AT_ONCE = 16
"""Connections, half of them to each process."""
WORDS = "三幢二单元501室老人要人送饭"
TRIES = 4

_serial = itertools.count(1)


def _message() -> tuple[bytes, bytes]:
    """Head (without Host) and body of one callback."""
    number = next(_serial)
    xml = text_xml(FromUserName=f"oBench{number}", MsgId=str(10**9 + number), Content=WORDS)
    query, body = wrap(ACCOUNT, xml)
    head = f"POST /wechat?{urlencode(query)} HTTP/1.1\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"Content-Type: text/xml\r\nHost: x\r\n\r\n", body


@dataclass(frozen=True)
class Running:
    """What is under load, and the clocks of its processor time, in seconds."""

    ports: tuple[int, int]
    web: Callable[[], float]
    work: Callable[[], float] = lambda: 0.0
    server: Callable[[], float] = lambda: 0.0
    kill: Callable[[], None] = lambda: None
    """Kills the first web process."""


class Client:
    """One connection at a time to one of the ports, another after a failure."""

    def __init__(self, ports: tuple[int, int], first: int) -> None:
        self._ports, self._at = ports, first
        self._stream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, head: bytes, body: bytes) -> bool:
        """Whether an answer came; else it is for another process."""
        try:
            if self._stream is None:
                self._stream = await asyncio.open_connection("127.0.0.1", self._ports[self._at])
            reader, writer = self._stream
            writer.write(head + body)
            answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
            length = answer.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
            await asyncio.wait_for(reader.readexactly(int(length or 0)), 5)
            return b" 200 " in answer.split(b"\r\n")[0]
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            self._stream = None
            self._at = 1 - self._at
            return False


async def load(
    ports: tuple[int, int], seconds: float, halfway: Callable[[], None] | None = None
) -> tuple[int, int, float, list[float]]:
    """Messages sent, never answered, seconds it took, and milliseconds of each answer."""
    spent: list[float] = []
    sent = lost = 0
    until = time.monotonic() + seconds
    started = time.perf_counter()

    async def go(number: int) -> None:
        nonlocal sent, lost
        client = Client(ports, number % 2)
        while time.monotonic() < until:
            head, body = _message()
            sent += 1
            begun = time.perf_counter()
            for _ in range(TRIES):
                if await client.send(head, body):
                    spent.append(1000 * (time.perf_counter() - begun))
                    break
            else:
                lost += 1

    async def kill() -> None:
        if halfway:
            await asyncio.sleep(seconds / 2)
            await asyncio.to_thread(halfway)

    await asyncio.gather(kill(), *(go(number) for number in range(AT_ONCE)))
    return sent, lost, time.perf_counter() - started, spent


@contextmanager
def echoes(count: int) -> Iterator[Running]:
    ports = [free_port() for _ in range(count)]
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.bench.echo", str(port)], cwd=ROOT, start_new_session=True
        )
        for port in ports
    ]
    try:
        for port in ports:
            _wait(f"http://127.0.0.1:{port}/readyz")
        pids = [process.pid for process in running]
        yield Running((ports[0], ports[-1]), session_of(*pids))
    finally:
        for process in running:
            process.kill()
            process.wait()


@contextmanager
def services(folder: Path, url: str, *, alone: bool) -> Iterator[Running]:
    """One whole service, or two processes for the web and two for the work behind it."""
    settings: dict[str, Any] = {
        "DATABASE_URL": url, "SECRET_KEY": "a secret for the benchmark",
        **{f"WECHAT_{name}": value for name, value in ACCOUNT.settings().items()},
        "WECHAT_API_BASE": "http://127.0.0.1:9",
        "VOICE": "espeak",  # nobody speaks here; Kokoro would use the quiet to prepare
    }  # fmt: skip
    with ExitStack() as stack:
        wanted = ([],) if alone else (["--web-only"], ["--web-only"])
        web = [ServiceProcess(folder / f"web{n}", *how, **settings) for n, how in enumerate(wanted)]
        for process in web:
            process.start(180)
            stack.callback(process.kill)
        workers = [] if alone else [
            ServiceProcess(folder / f"work{n}", "--worker-only", **settings) for n in range(2)
        ]  # fmt: skip
        for worker in workers:
            worker.spawn()
            stack.callback(worker.kill)
        yield Running(
            (web[0].web, web[-1].web),
            session_of(*(process.pid for process in web)),
            together(session_of(worker.pid) for worker in workers),
            _server_of(url),
            web[0].kill,
        )


def _server_of(url: str) -> Callable[[], float]:
    if not url.startswith("postgresql"):
        return lambda: 0.0
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        backend = connection.info.backend_pid
    parent = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1]
    return children_of(int(parent))


def _wait(url: str) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            if httpx.get(url, timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise AssertionError(f"{url} did not become ready")


def measure(name: str, running: Running, halfway: Callable[[], None] | None = None) -> list[str]:
    """One row of the table."""
    if not halfway:
        asyncio.run(load(running.ports, 2))  # the first of everything is slower
    clocks = (running.web, running.work, running.server)
    before = [clock() for clock in clocks]
    sent, lost, took, spent = asyncio.run(load(running.ports, SECONDS, halfway))
    cpu = [1000 * (clock() - was) / len(spent) for clock, was in zip(clocks, before, strict=True)]
    if halfway:
        cpu = []  # that of the killed one is gone with it
    ordered = sorted(spent)
    return [
        name, f"{len(spent) / took:.0f}", f"{statistics.median(spent):.0f}",
        f"{ordered[int(len(ordered) * 0.99)]:.0f}", str(sent), str(lost),
        *(f"{each:.2f}" if each else "" for each in cpu or [0.0] * 3),
    ]  # fmt: skip


def main() -> None:
    rows = []
    with tempfile.TemporaryDirectory() as name, postgres(quick=False) as server:
        folder = Path(name)
        with services(folder / "a", f"sqlite:///{folder / 'a' / 'l.db'}", alone=True) as running:
            rows.append(measure("one process, SQLite", running))
        with services(folder / "b", make_database(server), alone=True) as running:
            rows.append(measure("one process, PostgreSQL", running))
        url, first = make_database(server), next(_serial)
        with services(folder / "c", url, alone=False) as running:
            rows.append(measure("two web, two workers", running))
            rows.append(measure("one web process killed halfway", running, running.kill))
        last = next(_serial) - 1
        with create_engine(url).connect() as connection:
            turns = connection.execute(
                text("SELECT count(*), count(DISTINCT key) FROM turns")
            ).one()
            tickets = connection.execute(
                text("SELECT count(*), count(DISTINCT conversation_id) FROM tickets")
            ).one()
    for count in (1, 2):
        with echoes(count) as running:
            rows.append(measure(f"bare echo, {('one', 'two')[count - 1]}", running))
    head = ("what", "turns/s", "median ms", "P99 ms", "sent", "unanswered",
            "web CPU ms/turn", "workers", "PostgreSQL")  # fmt: skip
    for line in table(head, rows):
        print(line)
    print(f"\ntwo and two: {last - first} messages; {turns[0]} turns ({turns[1]} keys), "
          f"{tickets[0]} tickets")  # fmt: skip
    for one, echo in ((0, 4), (1, 4), (2, 5)):
        each, cpu = (float(rows[one][at]) / float(rows[echo][at]) for at in (1, 6))
        print(f"{rows[one][0]}: {each:.2f} of the bare echo's turns/s, {cpu:.1f} times its CPU")
    load_before = " ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{os.cpu_count()} processors; load average {load_before}, this bench among it")


if __name__ == "__main__":
    main()
