"""A telephone of bare packets: it says when each packet goes and comes, and what the network does
to them (loss, jitter). For measuring, and for weather that a real telephone never shows.

>>> async def resident() -> None:                                               # doctest: +SKIP
...     async with RtpPhone("13800138000", loss=0.2) as phone:
...         await phone.dial("127.0.0.1", 5060)
...         ended = await phone.say(pcm)              # seconds on the loop's clock
...         began = await phone.next_sound(ended)
"""

import asyncio
import contextlib
import random
import re
import secrets
import struct
from collections.abc import Callable
from types import TracebackType

import numpy as np

from voice.codecs import alaw_decode, alaw_encode

_FRAME = 160
"""Samples of 20 ms."""
_LOUD = 250
"""Mean absolute sample above which a received packet is sound."""
_SILENCE = b"\xd5" * _FRAME
_KEY_PACKETS = 6
_SDP = """v=0
o=- 1 {version} IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio {port} RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=ptime:20
a={direction}
"""


class RtpPhone:
    """One call over 127.0.0.1, PCMA, keys by RFC 4733. Sends silence while it says nothing.

    loss: share of the packets that never arrive. jitter: up to so many seconds each comes late.
    """

    def __init__(
        self, number: str, loss: float = 0.0, jitter: float = 0.0, seed: int = 1, name: str = ""
    ) -> None:
        self.number = number
        self.loss = loss
        self.jitter = jitter
        self.heard: list[tuple[float, bool]] = []
        """When each packet came, on the loop's clock, and whether it was sound."""
        self.closed = asyncio.Event()
        self._pcm: list[bytes] = []
        """What was heard, packet by packet."""
        self._name = name
        self._dice = random.Random(seed)
        self._call = secrets.token_hex(8)
        self._tag = secrets.token_hex(4)
        self._serial = 0
        self._version = 1
        self._to = ""
        self._replies: asyncio.Queue[str] = asyncio.Queue()
        self._frames: list[bytes] = []
        self._said = asyncio.Event()
        self._last = 0.0
        self._key: list[bytes] = []
        self._silent = False

    async def __aenter__(self) -> "RtpPhone":
        loop = asyncio.get_running_loop()
        local = ("127.0.0.1", 0)
        self._sip, _ = await loop.create_datagram_endpoint(
            lambda: _Receiver(self._on_sip), local_addr=local
        )
        self._rtp, _ = await loop.create_datagram_endpoint(
            lambda: _Receiver(self._on_rtp), local_addr=local
        )
        self._sip_port = self._sip.get_extra_info("sockname")[1]
        self._rtp_port = self._rtp.get_extra_info("sockname")[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(TimeoutError):
            await self.hang_up()
        self._sip.close()
        self._rtp.close()

    async def dial(self, host: str, port: int, timeout: float = 20) -> None:
        """Raises AssertionError when the call is refused, TimeoutError."""
        self._far = (host, port)
        await self._invite("sendrecv", timeout)
        self._sending = asyncio.ensure_future(self._send())

    async def say(self, pcm: bytes) -> float:
        """Speak 16-bit PCM at 8000 Hz; returns when the last packet went, as the loop's time."""
        coded = alaw_encode(pcm)
        frames = [coded[at : at + _FRAME] for at in range(0, len(coded), _FRAME)]
        self._said.clear()
        self._frames += [frame.ljust(_FRAME, b"\xd5") for frame in frames]
        await self._said.wait()
        return self._last

    async def press(self, key: str) -> float:
        """Returns when the key's first packet went, as the loop's time."""
        event = "0123456789*#".index(key)
        for at in range(_KEY_PACKETS):
            end = 0x80 if at >= _KEY_PACKETS - 3 else 0
            self._key.append(struct.pack("!BBH", event, end | 10, 160 * (at + 1)))
        first = asyncio.get_running_loop().time()
        await asyncio.sleep(0.02 * _KEY_PACKETS + 0.1)
        return first

    async def hold(self) -> None:
        await self._invite("sendonly")
        self._silent = True

    async def resume(self) -> None:
        self._silent = False
        await self._invite("sendrecv")

    async def next_sound(self, after: float, timeout: float = 30) -> float:
        """When the first sound of 60 ms came later than `after`. Raises TimeoutError."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while loop.time() < deadline:
            run = 0
            for at, loud in self.heard:
                run = run + 1 if loud and at > after else 0
                if run == 3:
                    return at - 0.04
            await asyncio.sleep(0.05)
        raise TimeoutError(f"no sound in {timeout} s")

    async def quiet(self, seconds: float = 0.6, timeout: float = 60) -> float:
        """Wait until something was said and it has been quiet for so long; returns when the last
        sound came."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while loop.time() < deadline:
            last = max((at for at, loud in self.heard if loud), default=0.0)
            if last and loop.time() - last > seconds:
                return last
            await asyncio.sleep(0.05)
        raise TimeoutError(f"never quiet in {timeout} s")

    async def hang_up(self) -> None:
        if self._to and not self.closed.is_set():
            self._request("BYE")
            self.closed.set()
            await asyncio.sleep(0.1)
        if hasattr(self, "_sending"):
            self._sending.cancel()

    def drop(self) -> None:
        """The telephone dies without a word."""
        self.closed.set()

    # Signalling.

    async def _invite(self, direction: str, timeout: float = 10) -> None:
        sdp = _SDP.format(port=self._rtp_port, version=self._version, direction=direction)
        self._version += 1
        branch = self._request("INVITE", sdp.replace("\n", "\r\n"))
        reply = ""
        while not re.match(r"SIP/2.0 [2-6]", reply):
            reply = await asyncio.wait_for(self._replies.get(), timeout)
        assert reply.startswith("SIP/2.0 200"), reply.partition("\r\n")[0]
        self._to = _header(reply, "To")
        if found := re.search(r"m=audio (\d+)", reply):
            self._far_rtp = (self._far[0], int(found[1]))
        self._request("ACK", branch=branch)

    def _request(self, method: str, body: str = "", branch: str = "") -> str:
        if method != "ACK":
            self._serial += 1
        branch = branch if branch and method != "ACK" else "z9hG4bK" + secrets.token_hex(6)
        host, port = self._far
        me = f"127.0.0.1:{self._sip_port}"
        lines = [
            f"{method} sip:hotline@{host}:{port} SIP/2.0",
            f"Via: SIP/2.0/UDP {me};branch={branch};rport",
            "Max-Forwards: 70",
            f"From: {self._name}<sip:{self.number}@{me}>;tag={self._tag}",
            f"To: {self._to or f'<sip:hotline@{host}:{port}>'}",
            f"Call-ID: {self._call}",
            f"CSeq: {self._serial} {method}",
            f"Contact: <sip:{self.number}@{me}>",
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        self._sip.sendto(("\r\n".join(lines) + "\r\n\r\n" + body).encode(), self._far)
        return branch

    def _on_sip(self, data: bytes, address: tuple[str, int]) -> None:
        message = data.decode(errors="replace")
        if message.startswith("SIP/2.0"):
            if _header(message, "CSeq").endswith("INVITE"):
                self._replies.put_nowait(message)
            return
        if message.startswith("ACK"):
            return
        if message.startswith("BYE"):
            self.closed.set()
        names = ("Via", "From", "To", "Call-ID", "CSeq")
        lines = ["SIP/2.0 200 OK", *(f"{name}: {_header(message, name)}" for name in names)]
        self._sip.sendto(
            ("\r\n".join([*lines, "Content-Length: 0"]) + "\r\n\r\n").encode(), address
        )

    # Sound.

    def _on_rtp(self, data: bytes, address: tuple[str, int]) -> None:
        if len(data) < 12 or data[1] & 0x7F != 8:
            return
        pcm = alaw_decode(data[12:])
        level = float(np.abs(np.frombuffer(pcm, "<i2").astype(float)).mean())
        self.heard.append((asyncio.get_running_loop().time(), level > _LOUD))
        self._pcm.append(pcm)

    async def _send(self) -> None:
        """A packet every 20 ms, whatever there is to be said."""
        loop = asyncio.get_running_loop()
        sequence, stamp, key_stamp, source = 0, 0, 0, secrets.token_bytes(4)
        due = loop.time()
        while not self.closed.is_set():
            kind, body, at = 8, _SILENCE, stamp
            if self._key:
                key_stamp = key_stamp or stamp
                kind, body, at = 101, self._key.pop(0), key_stamp
            else:
                key_stamp = 0
                if self._frames:
                    body = self._frames.pop(0)
                    if not self._frames:
                        self._last = loop.time() + 0.02
                        self._said.set()
            packet = struct.pack("!BBHI", 0x80, kind, sequence & 0xFFFF, at) + source + body
            if not self._silent and self._dice.random() >= self.loss:
                late = self._dice.random() * self.jitter
                loop.call_later(late, self._rtp.sendto, packet, self._far_rtp)
            sequence, stamp, due = sequence + 1, stamp + _FRAME, due + 0.02
            await asyncio.sleep(max(0.0, due - loop.time()))

    @property
    def recording(self) -> bytes:
        """PCM of all packets that came."""
        return b"".join(self._pcm)


class _Receiver(asyncio.DatagramProtocol):
    def __init__(self, take: Callable[[bytes, tuple[str, int]], None]) -> None:
        self._take = take

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._take(data, addr)


def _header(message: str, name: str) -> str:
    found = re.search(rf"^{name}:\s*(.*?)\r?$", message, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else ""
