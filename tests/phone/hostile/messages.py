"""RFC 4475's messages, and mutants of any message."""

import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

_SDP = b"\r\n".join(
    (
        b"v=0", b"o=mhandley 29739 7272939 IN IP4 192.0.2.1", b"s=-", b"c=IN IP4 192.0.2.1",
        b"t=0 0", b"m=audio 49217 RTP/AVP 8 0 12", b"m=video 3227 RTP/AVP 31",
        b"a=rtpmap:31 LPC", b"",
    )
)  # fmt: skip
_EVIL = (
    b"\x00", b"%s%n%x", b"\xff\xfe", b"9" * 30, b"-1", b"A" * 3000, b"\r\n\r\n", b"\r\n ",
    b";" * 40, b"<", b'"', b"@", b"sip:", b"\xe4\xb8\x89", b"Via: SIP/2.0/UDP ",
    b"Content-Length: ", b",",
)  # fmt: skip


def torture() -> dict[str, bytes]:
    """By the RFC's names."""
    text = (Path(__file__).parent / "torture.txt").read_bytes()
    parts = re.split(rb"^== (\w+)\n", text, flags=re.MULTILINE)[1:]
    return {name.decode(): _wire(body) for name, body in zip(parts[::2], parts[1::2], strict=True)}


def _wire(body: bytes) -> bytes:
    lines = body.removesuffix(b"\n").replace(b"\n", b"\r\n")
    lines = re.sub(
        rb"<repeat count=(\d+)>(.*?)</repeat>", lambda m: m[2] * int(m[1]), lines, flags=re.DOTALL
    )
    lines = re.sub(rb"<hex>([0-9A-F]*)</hex>", lambda m: bytes.fromhex(m[1].decode()), lines)
    head, sdp, _ = lines.rpartition(b"\r\nSDP")
    return head + b"\r\n" + _SDP if sdp else lines + b"\r\n"


def invite(port: int, number: int, address: str, sender: int) -> bytes:
    """A flawless one; each number is another call of another telephone."""
    sdp = (
        f"v=0\r\no=- 1 1 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n"
        "m=audio 9 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
    )
    return (
        f"INVITE sip:hotline@127.0.0.1:{port} SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP {address}:{sender};branch=z9hG4bKf{sender}-{number}\r\n"
        f"From: <sip:13{number:09d}@{address}>;tag=f{number}\r\nTo: <sip:hotline@127.0.0.1>\r\n"
        f"Call-ID: flood-{sender}-{number}\r\nCSeq: 1 INVITE\r\n"
        f"Contact: <sip:x@{address}:{sender}>\r\nMax-Forwards: 70\r\n"
        f"Content-Type: application/sdp\r\nContent-Length: {len(sdp)}\r\n\r\n{sdp}"
    ).encode()


def mutants(of: Sequence[bytes], count: int, seed: int) -> Iterator[bytes]:
    """Each of them a message with one to six changes; the same seed, the same mutants."""
    chance = random.Random(seed)
    for _ in range(count):
        data = bytearray(chance.choice(of))
        for _ in range(chance.randint(1, 6)):
            _change(data, chance, of)
        yield bytes(data[:60_000])


def _change(data: bytearray, chance: random.Random, of: Sequence[bytes]) -> None:
    at = chance.randrange(len(data) + 1)
    end = min(len(data), at + chance.choice((1, 2, 5, 20, 200)))
    match chance.randrange(6):
        case 0:
            data[at:end] = chance.randbytes(end - at)
        case 1:
            del data[at:end]
        case 2:
            data[at:at] = chance.choice(_EVIL)
        case 3:
            data[at:at] = data[at:end] * chance.randint(1, 20)
        case 4:
            other = chance.choice(of)
            data[at:] = other[chance.randrange(len(other)) :]
        case _:
            lines = data.split(b"\r\n")
            chance.shuffle(lines)
            data[:] = b"\r\n".join(lines)
