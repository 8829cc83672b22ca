"""One resident talking, turn by turn, through the real `Dialogue`."""

from itertools import count

from bot.dialogue.answer import Answer, Inbound
from bot.services import Services
from flows.channel import Channel
from flows.heard import HeardKind

_serial = count()


class Resident:
    """Says things; every input has a key of its own unless one is given."""

    def __init__(self, services: Services, channel: Channel, address: str) -> None:
        self.services = services
        self.channel = channel
        self.address = address

    def inbound(self, kind: HeardKind, text: str = "", *, key: str = "", **more: object) -> Inbound:
        fields = {
            "channel": self.channel,
            "address": self.address,
            "key": key or f"test:{next(_serial)}",
            "kind": kind,
            "text": text,
            **more,
        }
        return Inbound.model_validate(fields)

    def take(self, kind: HeardKind, text: str = "", **more: object) -> Answer:
        return self.services.dialogue.take(self.inbound(kind, text, **more))  # type: ignore[arg-type]

    def says(self, text: str, **more: object) -> Answer:
        phone = self.channel is Channel.PHONE
        return self.take(HeardKind.SPEECH if phone else HeardKind.TEXT, text, **more)


def caller(services: Services, address: str = "13800001234") -> Resident:
    return Resident(services, Channel.PHONE, address)


def follower(services: Services, address: str = "oAbCdEf") -> Resident:
    return Resident(services, Channel.WECHAT, address)
