"""What the page of `/try` may send as text, see `chat.py`."""

from typing import Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError


class Hello(BaseModel):
    type: Literal["hello"]
    sender: str = Field(alias="from", pattern=r"^[A-Za-z0-9_-]{1,64}$")
    greet: bool = True
    muted: bool = False


class Text(BaseModel):
    type: Literal["text"]
    text: str


class Start(BaseModel):
    type: Literal["start"]
    rate: int


class Mute(BaseModel):
    type: Literal["mute"]
    on: bool


class Bare(BaseModel):
    type: Literal["stop", "cancel"]


Message = Hello | Text | Start | Mute | Bare
_MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)


class NotUnderstood(ValueError):
    """Not a message of ours; holds the key of what to tell the page."""


def read(text: str) -> Message:
    """Raises `NotUnderstood`."""
    try:
        return _MESSAGE.validate_json(text)
    except ValidationError as error:
        broken = error.errors()[0]["type"] == "json_invalid"
        raise NotUnderstood("not_json" if broken else "unknown") from None
