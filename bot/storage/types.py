"""Column types: encrypted text and JSON, aware instants.

The encrypted types find their key by the engine's dialect: `bind_box` ties a `Box` to one engine,
so two databases in one process have a key each and models stay free of keys.
"""

from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

from pydantic_core import from_json, to_json
from sqlalchemy import DateTime, Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from bot.storage.box import Box

_boxes: WeakKeyDictionary[Dialect, Box] = WeakKeyDictionary()


def bind_box(dialect: Dialect, box: Box) -> None:
    """From now on the engine with this dialect encrypts and decrypts with `box`."""
    _boxes[dialect] = box


class Encrypted(TypeDecorator[str]):
    """Text, encrypted. Cannot be searched or sorted by; look-ups go by `Box.digest`."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else _boxes[dialect].encrypt(value.encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Raises `BoxError` when the secret is not the one the value was written with."""
        return None if value is None else _boxes[dialect].decrypt(value).decode()

    @staticmethod
    def json() -> "EncryptedJson":
        return EncryptedJson()


class EncryptedJson(TypeDecorator[Any]):
    """JSON, encrypted; pydantic models in it are written as theirs. Assign whole values: a change
    inside one is not noticed."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        return _boxes[dialect].encrypt(to_json(value))

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        return None if value is None else from_json(_boxes[dialect].decrypt(value))


class Instant(TypeDecorator[datetime]):
    """A point in time: aware, UTC. A naive one is refused, whatever it was meant to be."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
