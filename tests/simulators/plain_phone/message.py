"""The few SIP messages a caller needs (RFC 3261)."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from tests.simulators.plain_phone.exchange import Phone


@dataclass(frozen=True, slots=True)
class Message:
    call_id: str
    method: str
    """Of a request, or of what an answer answers."""
    status: int = 0
    """0 for a request."""
    reason: str = ""
    to_tag: str = ""
    contact: str = ""
    media: tuple[str, int] | None = None
    """Where its SDP wants sound."""
    heads: str = ""
    """The lines an answer repeats."""


_TOPMOST = ("via", "from", "to", "call-id", "cseq", "record-route")


def parse(data: bytes) -> Message | None:
    """None for what is no SIP message."""
    head, _, body = data.decode(errors="replace").partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    fields = {
        name.strip().lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)
    }
    start = re.fullmatch(r"SIP/2.0 (\d{3}) ?(.*)", first)
    method = fields.get("cseq", " ").split(" ")[-1]
    tag = re.search(r";tag=([^;>\s]+)", fields.get("to", ""))
    contact = re.search(r"<([^>]+)>", fields.get("contact", ""))
    where = re.search(r"^c=IN IP4 (\S+)", body, re.MULTILINE)
    port = re.search(r"^m=audio (\d+)", body, re.MULTILINE)
    if "call-id" not in fields:
        return None
    return Message(
        call_id=fields["call-id"],
        method=method,
        status=int(start[1]) if start else 0,
        reason=start[2] if start else "",
        to_tag=tag[1] if tag else "",
        contact=contact[1] if contact else "",
        media=(where[1], int(port[1])) if where and port else None,
        heads="\r\n".join(x for x in lines if x.partition(":")[0].strip().lower() in _TOPMOST),
    )


def invite(phone: "Phone") -> bytes:
    sdp = (
        f"v=0\r\no=- 1 1 IN IP4 {phone.exchange.address}\r\ns=-\r\n"
        f"c=IN IP4 {phone.exchange.address}\r\nt=0 0\r\n"
        f"m=audio {phone.media.port} RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n"
        "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
    )
    return _request(phone, "INVITE", 1, body=sdp)


def ack(phone: "Phone", answer: Message) -> bytes:
    """To a refusal it goes where the INVITE went, to an answer where that says."""
    return _request(phone, "ACK", 1, refused=answer.status >= 300)


def bye(phone: "Phone") -> bytes:
    return _request(phone, "BYE", 2)


def ok(request: Message) -> bytes:
    status = "488 Not Acceptable Here" if request.method == "INVITE" else "200 OK"
    return f"SIP/2.0 {status}\r\n{request.heads}\r\nContent-Length: 0\r\n\r\n".encode()


def _request(
    phone: "Phone", method: str, number: int, *, body: str = "", refused: bool = False
) -> bytes:
    """refused: in the transaction of the INVITE itself."""
    exchange = phone.exchange
    here = f"{exchange.address}:{exchange.port}"
    hotline = f"sip:hotline@{exchange.service[0]}:{exchange.service[1]}"
    first = method == "INVITE" or refused
    branch = phone.call_id if first else uuid4().hex
    tag = f";tag={phone.to_tag}" if phone.to_tag else ""
    lines = [
        f"{method} {hotline if first else phone.contact or hotline} SIP/2.0",
        f"Via: SIP/2.0/UDP {here};branch=z9hG4bK{branch};rport",
        f"From: <sip:{phone.number}@{here}>;tag={phone.tag}",
        f"To: <{hotline}>{tag}",
        f"Call-ID: {phone.call_id}",
        f"CSeq: {number} {method}",
        f"Contact: <sip:{phone.number}@{here}>",
        "Max-Forwards: 70",
        *(["Content-Type: application/sdp"] if body else []),
        f"Content-Length: {len(body)}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()
