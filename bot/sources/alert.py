"""The message a source sends: its fields, and the picture that may come with it."""

import base64
import binascii
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

PICTURE = 5 * 1024 * 1024
"""Bytes of a picture at most."""

_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
)


class AlertMessage(BaseModel):
    """One alert. Unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    id: str = Field(min_length=1, max_length=64)
    """The source's own id: the same again changes nothing."""
    kind: str = Field(min_length=1, max_length=64)
    """What it is, in the source's own codes (`sources.kinds` in the profile)."""
    at: AwareDatetime
    """When it was seen, with a time zone: `2026-11-23T10:00:00+08:00`."""
    place: str = Field("", max_length=200)
    """Where, in words."""
    place_id: str = Field("", max_length=200)
    """Where, as a place of ours (`hm/3/2`, `hm/东门`); it or `place` is needed."""
    text: str = Field("", max_length=500)
    """What the machine says it saw."""
    confidence: float | None = Field(None, ge=0, le=1)
    image: str = ""
    """The picture in base64 (JPEG, PNG, WebP or GIF, at most 5 MB); or a file named `image` in a
    multipart body beside the field `alert`."""


class PictureError(ValueError):
    """It is no picture we can show; the message says why, in Chinese for the source's people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def picture(data: bytes) -> str:
    """The media type, by its first bytes: what a source calls it is not believed.

    Raises `PictureError` `large` or `picture`.
    """
    if len(data) > PICTURE:
        raise PictureError("large")
    for start, kind in _MAGIC:
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    raise PictureError("picture")


def decoded(image: str) -> bytes:
    """A base64 picture's bytes, with or without `data:…,` before it. Raises `PictureError`."""
    try:
        return base64.b64decode(image.partition("base64,")[2] or image, validate=True)
    except (binascii.Error, ValueError):
        raise PictureError("base64") from None


def not_after(at: datetime, now: datetime) -> datetime:
    """A machine's clock may run ahead; nothing was seen in the future."""
    return min(at, now)
