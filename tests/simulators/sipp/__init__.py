"""SIPp scenarios: callers and agents that are no code of ours."""

import asyncio
import os
import shutil
import socket
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def need_sipp() -> None:
    """Skip, loudly, where SIPp cannot be had; fail when `LINSHENG_REQUIRE_SYSTEM` is set."""
    if shutil.which("sipp") is None:
        message = "没有 sipp（Debian 包 sip-tester）：真实 SIP 场景的测试没有跑"
        if os.environ.get("LINSHENG_REQUIRE_SYSTEM"):
            pytest.fail(message)
        pytest.skip(message)


class Sipp:
    """One SIPp run; `await finished()` returns whether every call went as the scenario says."""

    def __init__(
        self, scenario: str, port: int, *arguments: str, media: int = 0, folder: Path
    ) -> None:
        self._command = [
            "sipp", "-sf", str(HERE / f"{scenario}.xml"), "-i", "127.0.0.1", "-mi", "127.0.0.1",
            "-p", str(port), "-nostdin", "-trace_err", "-timeout", "40s",
            *(["-mp", str(media)] if media else []), *arguments,
        ]  # fmt: skip
        self._folder = folder
        self._port = port
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> "Sipp":
        """Returns when it can be called."""
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            cwd=self._folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        while self._process.returncode is None and _is_free(self._port):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        return self

    async def finished(self, timeout: float = 45) -> bool:
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), timeout) == 0

    async def stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
