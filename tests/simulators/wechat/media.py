"""What residents sent: kept for three days."""

import secrets
from dataclasses import dataclass

from tests.simulators.wechat.clock import Clock

LIFE = 3 * 86400


@dataclass(frozen=True)
class Media:
    data: bytes
    media_type: str
    expires: float


class MediaStore:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, Media] = {}

    def put(self, data: bytes, media_type: str) -> str:
        media_id = secrets.token_urlsafe(48)
        self._kept[media_id] = Media(data, media_type, self._clock.now() + LIFE)
        return media_id

    def get(self, media_id: str) -> Media | None:
        """None when it never was, or is no more."""
        media = self._kept.get(media_id)
        return media if media and media.expires > self._clock.now() else None
