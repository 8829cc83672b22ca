"""A gateway process and the turns its callers took; over embedded SIP or through a real
Asterisk."""

import asyncio
import json
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from tests.simulators.softphone import ROOT
from tests.support.asterisk.server import AsteriskServer
from tests.support.service import free_port


class Gateway:
    ready = "电话就绪"

    def __init__(self, allow: str = "127.0.0.1", **limits: int) -> None:
        self.port = free_port(socket.SOCK_DGRAM)
        self.agent = free_port(socket.SOCK_DGRAM)
        """Where a person's telephone is rung."""
        self.settings: dict[str, Any] = {
            "limits": limits,
            "sip_bind": f"127.0.0.1:{self.port}",
            "sip_allow": allow,
            "human_extension": f"sip:agent@127.0.0.1:{self.agent}",
        }
        self.turns: list[dict[str, Any]] = []
        self.log: list[str] = []
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def uri(self) -> str:
        return f"sip:hotline@127.0.0.1:{self.port}"

    async def __aenter__(self) -> "Gateway":
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.phone.gateway_process", json.dumps(self.settings),
            cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        self._tasks = [asyncio.ensure_future(self._turns()), asyncio.ensure_future(self._log())]
        await until(lambda: self.says(self.ready) or self.turns, 90)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(self.process.wait(), 20)
        await asyncio.gather(*self._tasks)

    @property
    def keys(self) -> list[str]:
        return [turn["key"] for turn in self.turns if turn["kind"] == "key"]

    @property
    def kinds(self) -> list[str]:
        return [turn["kind"] for turn in self.turns]

    def says(self, words: str) -> bool:
        """Whether the log has a line with these words."""
        return any(words in line for line in self.log)

    async def _turns(self) -> None:
        assert self.process.stdout
        async for line in self.process.stdout:
            self.turns.append(json.loads(line))

    async def _log(self) -> None:
        assert self.process.stderr
        async for line in self.process.stderr:
            self.log.append(line.decode(errors="replace"))


class AsteriskGateway(Gateway):
    """Callers call the Asterisk."""

    ready = "已接上 Asterisk"

    def __init__(self, server: AsteriskServer) -> None:
        super().__init__()
        self.port, self.agent = server.sip_port, server.agent
        self.settings = {name.lower(): value for name, value in server.settings.items()}


async def until(true: Callable[[], Any], seconds: float = 10) -> None:
    for _ in range(int(seconds / 0.05)):
        if true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("never happened")


def run(part: Awaitable[None]) -> None:
    async def limited() -> None:
        await asyncio.wait_for(part, 240)

    asyncio.run(limited())
