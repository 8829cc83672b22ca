"""A real telephone: a caller in a process of its own, over SIP and RTP.

>>> async def resident() -> None:                                                # doctest: +SKIP
...     async with Softphone("13800138000") as phone:
...         await phone.dial("sip:hotline@127.0.0.1:5060")
...         opening = await phone.listen()          # what the service said, as a Sound
...         await phone.play(Path("tests/clips/lamp.mp3"))
...         await phone.press("0")
...         await phone.wait_closed()
...     phone.recording                              # everything the caller heard
"""

import asyncio
import base64
import contextlib
import json
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from voice.codecs import decode, resample
from voice.sound import Sound

RATE = 8000
ROOT = Path(__file__).resolve().parents[2]


class CallFailed(Exception):
    """The call was not established; the message is the far end's answer."""


class Closed(Exception):
    """The far end hung up while we waited for something."""


class Softphone:
    """One telephone line with one call at a time. Every figure is in seconds.

    number: the user part of the From address: what the hotline sees as calling number.
    codec: what is offered: `pcma` (A-law) or `pcmu`.
    keys: how keys travel: `rtpevent` (RFC 4733) or `info` (SIP INFO).
    """

    def __init__(
        self,
        number: str = "13800138000",
        codec: Literal["pcma", "pcmu"] = "pcma",
        keys: Literal["rtpevent", "info"] = "rtpevent",
        address: str = "127.0.0.1",
    ) -> None:
        self._options = {"number": number, "codec": codec, "keys": keys, "address": address}
        self._process: asyncio.subprocess.Process | None = None
        self._replies: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._reader: asyncio.Task[None] | None = None
        self._serial = 0
        self.recording = Sound(b"", RATE)
        """All that was heard, from the answer on; complete after `hang_up` or `wait_closed`."""

    async def __aenter__(self) -> "Softphone":
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.simulators.softphone_process",
            json.dumps(self._options),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=64 * 1024 * 1024,
        )
        self._reader = asyncio.ensure_future(self._read())
        await self._ask("ready")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            with contextlib.suppress(CallFailed, Closed, ConnectionError):
                await self.hang_up()
            with contextlib.suppress(ConnectionError, ProcessLookupError):
                self._process.stdin.close()  # type: ignore[union-attr]
            try:
                await asyncio.wait_for(self._process.wait(), 5)
            except TimeoutError:
                self.drop()
                await self._process.wait()
        if self._reader:
            await self._reader

    async def dial(self, uri: str, timeout: float = 60) -> None:
        """Call `uri` and return when it was answered; people let it ring for a minute. Raises
        `CallFailed`."""
        await self._ask("dial", uri=uri, timeout=timeout)

    async def port(self) -> int:
        """Where it can be called: `sip:NUMBER@127.0.0.1:PORT`."""
        return int((await self._ask("address"))["port"])

    async def rings(self, timeout: float = 60) -> None:
        """Wait for a call. Raises TimeoutError."""
        await self._ask("rings", timeout=timeout)

    async def pick_up(self) -> None:
        await self._ask("pick_up")

    async def decline(self) -> None:
        """Busy (486)."""
        await self._ask("decline")

    async def listen(self, quiet: float = 1.2, timeout: float = 40) -> Sound:
        """What the far end says from now on (or has said since the last `listen`), until it has
        been quiet for `quiet` seconds. Raises `Closed` when it hung up without a word,
        TimeoutError."""
        reply = await self._ask("listen", quiet=quiet, timeout=timeout)
        return Sound(base64.b64decode(reply["pcm"]), RATE)

    async def play(self, what: Path | Sound, wait: bool = True) -> None:
        """Speak a clip (wav, mp3) into the telephone; returns at its end, or at once."""
        sound = what if isinstance(what, Sound) else await asyncio.to_thread(_load, what)
        pcm = resample(sound, RATE).pcm
        await self._ask("play", pcm=base64.b64encode(pcm).decode(), wait=wait)

    async def press(self, keys: str) -> None:
        await self._ask("press", keys=keys)

    async def pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def hang_up(self) -> None:
        await self._collect("hang_up")

    async def wait_closed(self, timeout: float = 30) -> str:
        """Wait for the far end to hang up; returns the reason given. Raises TimeoutError."""
        return str((await self._collect("wait_closed", timeout=timeout))["reason"])

    def drop(self) -> None:
        """The telephone dies: no BYE, no more RTP."""
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def state(self) -> dict[str, Any]:
        """`closed`, `heard` (seconds), `speaking` (far end, now), `transferred` (target or "")."""
        return await self._ask("state")

    async def _collect(self, command: str, **arguments: object) -> dict[str, Any]:
        reply = await self._ask(command, **arguments)
        self.recording = Sound(base64.b64decode(reply["recording"]), RATE)
        return reply

    async def _ask(self, command: str, **arguments: object) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdin is not None
        self._serial += 1
        future = self._replies[self._serial] = asyncio.get_running_loop().create_future()
        line = json.dumps({"id": self._serial, "do": command, **arguments}) + "\n"
        self._process.stdin.write(line.encode())
        await self._process.stdin.drain()
        reply: dict[str, Any] = await future
        if error := reply.get("error"):
            kinds = {"closed": Closed, "timeout": TimeoutError}
            raise kinds.get(reply.get("kind", ""), CallFailed)(error)
        return reply

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            reply = json.loads(line)
            if (future := self._replies.pop(reply["id"], None)) and not future.done():
                future.set_result(reply)
        for future in self._replies.values():
            if not future.done():
                future.set_result({"error": "the telephone's process ended", "kind": "closed"})


def _load(path: Path) -> Sound:
    return decode(path.read_bytes())
