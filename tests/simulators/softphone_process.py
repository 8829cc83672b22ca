"""The telephone's own process: takes commands as JSON lines, answers each with one (see
`softphone`)."""

import array
import asyncio
import base64
import contextlib
import json
import os
import socket
import sys
from collections import deque
from typing import Any

from baresip import (
    Account,
    AudioNotActive,
    AudioRestarted,
    BaresipError,
    Call,
    CallState,
    Config,
    Event,
    Runtime,
    StackEvent,
    UserAgent,
)

from bot.channels.sip.early import EarlyEvents

_FRAME = 320
"""Bytes of 20 ms."""
_LOUD = 250
"""Mean absolute sample above which a frame is speech: synthetic voices lie far above, silence at
0–8."""


class Telephone:
    def __init__(self, options: dict[str, str]) -> None:
        self.options = options
        self.runtime = Runtime()
        self.early = EarlyEvents(self.runtime)
        self.agent: UserAgent | None = None
        self.call: Call | None = None
        self.heard = bytearray()
        self.loud: list[bool] = []
        self.mark = 0
        """Frame from which the next `listen` starts."""
        self.outgoing: deque[bytes] = deque()
        self.closed = asyncio.Event()
        self.reason = ""
        self.transferred = ""
        self.moved: Call | None = None
        self.port = 0
        self.rung: Call | None = None
        self.ringing = asyncio.Event()

    async def start(self) -> None:
        o = self.options
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((o["address"], 0))
            port = probe.getsockname()[1]
        await self.runtime.start(
            Config(
                net_interface=o["address"],
                max_concurrent_calls=None,
                native_log_level="error",
                extra_config_text=f"sip_listen {o['address']}:{port}\nrtp_ports 30000-39999\n",
            )
        )
        self.agent = await UserAgent.create(
            self.runtime,
            Account(
                user=o["number"],
                domain=f"{o['address']}:{port}",
                password="",
                reg_interval=0,
                audio_codecs=(o["codec"],),
                dtmf_mode=o["keys"],  # type: ignore[arg-type]
                extra_params=("video_codecs=",),
            ),
            transfer_policy="auto",
        )
        self.agent.on_transfer_call(self._on_moved)
        self.agent.on_incoming(self._on_ring)
        self.port = port

    def _on_ring(self, call: Call) -> None:
        self.rung = call
        self.ringing.set()

    async def address(self) -> dict[str, Any]:
        return {"port": self.port}

    async def rings(self, timeout: float) -> dict[str, Any]:
        try:
            await asyncio.wait_for(self.ringing.wait(), timeout)
        except TimeoutError:
            return {"error": f"did not ring in {timeout} s", "kind": "timeout"}
        self.ringing.clear()
        return {}

    async def pick_up(self) -> dict[str, Any]:
        assert self.rung is not None
        self.heard, self.loud, self.mark = bytearray(), [], 0
        self.closed.clear()
        self.ringing.clear()
        self.call, self.rung = self.rung, None
        self.call.on(self._on_event)
        await self.call.answer()
        await self.call.wait_established(10)
        self._pump_task = asyncio.ensure_future(self._pump(self.call))
        return {}

    async def decline(self) -> dict[str, Any]:
        assert self.rung is not None
        self.ringing.clear()
        await self.rung.reject()
        return {}

    def _on_moved(self, call: Call) -> None:
        self.early.give(call)
        self.moved = call
        self.transferred = call.peer or ""

    async def dial(self, uri: str, timeout: float) -> dict[str, Any]:
        assert self.agent is not None
        self.heard, self.loud, self.mark = bytearray(), [], 0
        self.closed.clear()
        self.call = await self.agent.dial(uri)
        self.early.give(self.call)
        self.call.on(self._on_event)
        if self.call.state is CallState.CLOSED:
            self.closed.set()
        await self.call.wait_established(timeout)
        self._pump_task = asyncio.ensure_future(self._pump(self.call))
        return {}

    def _on_event(self, event: StackEvent) -> None:
        if event.event is Event.CALL_CLOSED:
            self.reason = event.text or ""
            self.closed.set()

    async def _pump(self, call: Call) -> None:
        """Every 20 ms: take what came, hand over what is to be said, at the pace of a clock."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        while call.state is not CallState.CLOSED:
            try:
                self.heard += call.audio.read(32768)
                while self.outgoing and call.audio.info().tx_buffered < 3200:
                    call.audio.write(self.outgoing.popleft())
            except (AudioNotActive, AudioRestarted):
                pass
            # Gaps in the stream (a far end that stops sending) are silence, not missing time.
            due = int((loop.time() - started - 0.3) * 8000) * 2
            if len(self.heard) < due:
                self.heard += bytes(due - len(self.heard))
            self._measure()
            await asyncio.sleep(0.02)

    def _measure(self) -> None:
        while (len(self.loud) + 1) * _FRAME <= len(self.heard):
            at = len(self.loud) * _FRAME
            samples = array.array("h", bytes(self.heard[at : at + _FRAME]))
            self.loud.append(sum(map(abs, samples)) / len(samples) > _LOUD)

    async def listen(self, quiet: float, timeout: float) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        still = int(quiet / 0.02)
        while True:
            frames = self.loud[self.mark :]
            spoke = sum(frames) >= 5
            ended = self.closed.is_set()
            if spoke and (ended or not any(frames[-still:])):
                break
            if ended:
                return {"error": f"hung up: {self.reason}", "kind": "closed"}
            if loop.time() > deadline:
                what = "never paused" if spoke else "said nothing"
                return {"error": f"the far end {what} in {timeout} s", "kind": "timeout"}
            await asyncio.sleep(0.02)
        end = len(self.loud)
        pcm = bytes(self.heard[self.mark * _FRAME : end * _FRAME])
        self.mark = end
        return {"pcm": base64.b64encode(pcm).decode()}

    async def play(self, pcm: str, wait: bool) -> dict[str, Any]:
        sound = base64.b64decode(pcm)
        self.outgoing.extend(sound[i : i + _FRAME] for i in range(0, len(sound), _FRAME))
        while wait and not self.closed.is_set():
            await asyncio.sleep(0.02)
            with contextlib.suppress(AudioNotActive, AudioRestarted):
                if not self.outgoing and self.call and not self.call.audio.info().tx_buffered:
                    break
        return {}

    async def press(self, keys: str) -> dict[str, Any]:
        assert self.call is not None
        await self.call.send_dtmf(keys)
        return {}

    async def hang_up(self) -> dict[str, Any]:
        for call in (self.call, self.moved):
            if call is not None and call.state is not CallState.CLOSED:
                with contextlib.suppress(BaresipError):
                    await call.hangup()
        return {"recording": base64.b64encode(bytes(self.heard)).decode()}

    async def wait_closed(self, timeout: float) -> dict[str, Any]:
        try:
            await asyncio.wait_for(self.closed.wait(), timeout)
        except TimeoutError:
            return {"error": f"not hung up in {timeout} s", "kind": "timeout"}
        await asyncio.sleep(0.05)
        return {
            "reason": self.reason,
            "recording": base64.b64encode(bytes(self.heard)).decode(),
        }

    async def state(self) -> dict[str, Any]:
        return {
            "closed": self.closed.is_set(),
            "heard": len(self.heard) / 16000,
            "speaking": any(self.loud[-10:]),
            "transferred": self.transferred,
            "connected": bool(self.moved and self.moved.state is CallState.ESTABLISHED),
        }


async def _serve(options: dict[str, str]) -> None:
    telephone = Telephone(options)
    await telephone.start()
    reader = asyncio.StreamReader(limit=64 * 1024 * 1024)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    running = set()

    async def obey(request: dict[str, Any]) -> None:
        serial, command = request.pop("id"), request.pop("do")
        try:
            reply = {} if command == "ready" else await getattr(telephone, command)(**request)
        except (BaresipError, ValueError) as error:
            reply = {"error": str(error) or repr(error)}
        sys.stdout.write(json.dumps({"id": serial, **reply}) + "\n")
        sys.stdout.flush()

    while line := await reader.readline():
        task = asyncio.ensure_future(obey(json.loads(line)))
        running.add(task)
        task.add_done_callback(running.discard)
    await telephone.hang_up()
    await asyncio.sleep(0.2)


if __name__ == "__main__":
    asyncio.run(_serve(json.loads(sys.argv[1])))
    os._exit(0)  # the SIP library corrupts its heap while the interpreter takes itself down
