"""Somebody's voice is theirs: what is kept of it is sealed."""

from typing import Protocol


class Vault(Protocol):
    """Encrypts what is written to disk; an installation has one."""

    def encrypt(self, data: bytes) -> bytes: ...

    def decrypt(self, data: bytes) -> bytes:
        """Raises ValueError for anything `encrypt` did not make."""
        ...
