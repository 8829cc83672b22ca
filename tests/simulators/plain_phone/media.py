"""The sound of one call: A-law over RTP, each packet noted as it came."""

import contextlib
import socket
import struct
from collections import deque
from dataclasses import dataclass, field
from itertools import count, pairwise

FRAME = 160
"""Bytes, and samples, of 20 ms."""
SILENCE = b"\xd5" * FRAME
LATE = 0.060
"""Seconds between two packets from which the second is late: a usual jitter buffer's depth."""
_SO_TIMESTAMPNS = 35
_HEADER = struct.Struct("!BBHII")
# Of each A-law byte whether its sample is above 512: the exponent is 2 or more.
_LOUD = bytes(((byte ^ 0x55) & 0x70) >> 4 >= 2 for byte in range(256))
_SPEECH = FRAME // 8
"""Loud samples from which a frame is speech; synthetic voices pause in digital silence."""
_ssrc = count(0x11111111)


def is_loud(alaw: bytes) -> bool:
    return alaw.translate(_LOUD).count(1) >= _SPEECH


@dataclass(frozen=True, slots=True)
class Packet:
    at: float
    """When the kernel received it, seconds of the system's clock."""
    number: int
    loud: bool


@dataclass(frozen=True, slots=True)
class Quality:
    """What the packets of one call were like."""

    packets: int
    late: int
    """Arrived more than `LATE` after the one before."""
    lost: int
    worst: float
    """Longest time between two packets, seconds."""


@dataclass
class Media:
    """`send` must be called every 20 ms."""

    address: str
    packets: list[Packet] = field(default_factory=list)
    heard: bytearray = field(default_factory=bytearray)
    """All that arrived, as A-law."""
    spoke_until: float = 0.0
    """When the last loud frame was sent."""
    spoke_from: float = 0.0
    """When the first loud frame of the latest clip was sent."""

    def __post_init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((self.address, 0))
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self.port: int = self.socket.getsockname()[1]
        self.peer: tuple[str, int] | None = None
        self._outgoing: deque[bytes] = deque()
        self._number = 0
        self._ssrc = next(_ssrc)

    def say(self, alaw: bytes) -> None:
        self.spoke_from = 0.0
        frames = range(0, len(alaw), FRAME)
        self._outgoing.extend(alaw[at : at + FRAME].ljust(FRAME, b"\xd5") for at in frames)

    @property
    def speaking(self) -> bool:
        return bool(self._outgoing)

    def send(self, now: float) -> None:
        """The next 20 ms, speech or silence. now: of the system's clock."""
        if self.peer is None:
            return
        frame = self._outgoing.popleft() if self._outgoing else SILENCE
        if frame is not SILENCE and is_loud(frame):
            self.spoke_until = now
            self.spoke_from = self.spoke_from or now
        self._number = (self._number + 1) & 0xFFFF
        head = _HEADER.pack(0x80, 8, self._number, self._number * FRAME, self._ssrc)
        with contextlib.suppress(OSError):  # the far end is gone: so is the packet
            self.socket.sendto(head + frame, self.peer)

    def receive(self) -> None:
        """Take all that waits."""
        while True:
            try:
                data, ancillary, _, _ = self.socket.recvmsg(2048, 64)
            except (BlockingIOError, ConnectionError):
                return
            if len(data) <= 12 or data[1] & 0x7F != 8:
                continue
            seconds, nanoseconds = struct.unpack("qq", ancillary[0][2])
            number = int.from_bytes(data[2:4], "big")
            payload = data[12:]
            self.heard += payload
            self.packets.append(Packet(seconds + nanoseconds / 1e9, number, is_loud(payload)))

    def reply_after(self, moment: float) -> float | None:
        """When the first sound arrived after this moment; None when none has."""
        packets = self.packets
        for at, packet in enumerate(packets):
            # A lone loud packet is a click.
            if packet.at > moment and sum(p.loud for p in packets[at : at + 5]) >= 3:
                return packet.at
        return None

    def quality(self) -> Quality:
        gaps = [b.at - a.at for a, b in pairwise(self.packets)]
        steps = [(b.number - a.number) & 0xFFFF for a, b in pairwise(self.packets)]
        return Quality(
            packets=len(self.packets),
            late=sum(gap > LATE for gap in gaps),
            lost=sum(step - 1 for step in steps if 1 < step < 0x8000),
            worst=max(gaps, default=0.0),
        )

    def close(self) -> None:
        self.socket.close()
