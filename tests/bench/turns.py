"""`python -m tests.bench.turns`: WeChat turns a second, each committed, by two web and two worker
processes on one PostgreSQL, one of them killed in between; beside a bare echo in the same run.

Every message is somebody else's, encrypted (safe mode), and asks for a ticket of its own. A message
without an answer is sent again, to the other process, as WeChat does.
"""

import asyncio
import itertools
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from sqlalchemy import create_engine, text

from tests.bench.echo import ACCOUNT
from tests.bench.table import table
from tests.simulators.wechat.envelope import wrap
from tests.support.postgres import make_database, postgres
from tests.support.service import ROOT, ServiceProcess, free_port
from tests.wechat.wire import text_xml

SECONDS = 20.0
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
def echoes() -> Iterator[tuple[int, int]]:
    ports = (free_port(), free_port())
    running = [
        subprocess.Popen([sys.executable, "-m", "tests.bench.echo", str(port)], cwd=ROOT)
        for port in ports
    ]
    try:
        for port in ports:
            _wait(f"http://127.0.0.1:{port}/readyz")
        yield ports
    finally:
        for process in running:
            process.kill()
            process.wait()


def _wait(url: str) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            if httpx.get(url, timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise AssertionError(f"{url} did not become ready")


def _row(name: str, sent: int, lost: int, took: float, spent: list[float]) -> list[object]:
    ordered = sorted(spent)
    p99 = ordered[int(len(ordered) * 0.99)] if ordered else 0.0
    return [name, f"{len(spent) / took:.0f}", f"{statistics.median(spent or [0]):.0f}",
            f"{p99:.0f}", sent, lost]  # fmt: skip


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, postgres(quick=False) as server:
        url = make_database(server)
        settings: dict[str, Any] = {
            "DATABASE_URL": url, "SECRET_KEY": "a secret for the benchmark",
            **{f"WECHAT_{name}": value for name, value in ACCOUNT.settings().items()},
            "WECHAT_API_BASE": "http://127.0.0.1:9",
        }  # fmt: skip
        with ExitStack() as stack:
            web = [
                ServiceProcess(Path(folder) / f"web{n}", "--web-only", **settings) for n in range(2)
            ]
            for process in web:
                process.start(180)
                stack.callback(process.kill)
            workers = [
                ServiceProcess(Path(folder) / f"work{n}", "--worker-only", **settings)
                for n in range(2)
            ]
            for worker in workers:
                worker.spawn()
                stack.callback(worker.kill)
            ports = (web[0].web, web[1].web)
            asyncio.run(load(ports, 2))  # the first of everything is slower
            rows = [_row("two web, two workers", *asyncio.run(load(ports, SECONDS)))]
            killed = asyncio.run(load(ports, SECONDS, halfway=web[0].kill))
            rows.append(_row("one web process killed halfway", *killed))
        last = next(_serial) - 1
        with create_engine(url).connect() as connection:
            turns = connection.execute(
                text("SELECT count(*), count(DISTINCT key) FROM turns")
            ).one()
            tickets = connection.execute(
                text("SELECT count(*), count(DISTINCT conversation_id) FROM tickets")
            ).one()
    with echoes() as ports:
        asyncio.run(load(ports, 2))
        rows.append(_row("bare echo, two processes", *asyncio.run(load(ports, SECONDS))))
    head = ("what", "turns/s", "median ms", "P99 ms", "sent", "unanswered")
    for line in table(head, rows):
        print(line)
    print(f"\n{last} messages; {turns[0]} turns ({turns[1]} keys), {tickets[0]} tickets")
    ratio = float(str(rows[0][1])) / float(str(rows[2][1]))
    print(f"ratio to the bare echo: {ratio:.2f}")


if __name__ == "__main__":
    main()
