"""The first turn of a process loads dictionaries: on a busy machine longer than WeChat waits."""

from datetime import UTC, datetime

from flows.channel import Channel
from flows.community import Community
from flows.heard import Heard, HeardKind
from flows.step import begin, step


def warm(community: Community) -> None:
    """A turn that nobody took and nothing stores."""
    heard = Heard(kind=HeardKind.TEXT, text="三幢楼道灯坏了", at=datetime.now(UTC), number="100007")
    step(begin("warm", Channel.WECHAT), heard, community)
