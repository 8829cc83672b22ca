"""Encryption at rest: AES-256-GCM under keys derived from the installation's one secret."""

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.failure import Failure

_VERSION = b"\x01"
_NONCE = 12
"""Bytes; the size AES-GCM is made for (NIST SP 800-38D, 8.2)."""
_SHORTEST = 16
"""Characters of a secret somebody typed: fewer are guessed."""


class BoxError(ValueError):
    """The bytes were not encrypted under this secret, or were changed since."""


class Box:
    """Encrypts, decrypts and hashes with one secret. Thread-safe.

    >>> box = Box("a secret of some length")
    >>> box.decrypt(box.encrypt("13800001234".encode())).decode()
    '13800001234'
    """

    def __init__(self, secret: str) -> None:
        """Raises `Failure` when the secret is too short to protect anything."""
        if len(secret) < _SHORTEST:
            raise Failure(
                f"LINSHENG_SECRET_KEY 太短：至少 {_SHORTEST} 个字符，"
                "可用 openssl rand -base64 32 生成；或不填，由程序生成。"
            )
        self._secret = secret.encode()
        self._cipher = AESGCM(self.key("columns"))
        self._hash_key = self.key("digest")

    def key(self, purpose: str, salt: bytes = b"") -> bytes:
        """32 bytes that belong to `purpose` and `salt` alone."""
        derive = HKDF(SHA256(), 32, salt or None, b"linsheng/" + purpose.encode())
        return derive.derive(self._secret)

    def encrypt(self, data: bytes) -> bytes:
        """Version, nonce, ciphertext, tag: 29 bytes longer than `data`."""
        nonce = os.urandom(_NONCE)
        return _VERSION + nonce + self._cipher.encrypt(nonce, data, _VERSION)

    def decrypt(self, data: bytes) -> bytes:
        """Raises `BoxError` for anything `encrypt` did not make under this secret."""
        nonce, body = data[1 : 1 + _NONCE], data[1 + _NONCE :]
        try:
            if data[:1] != _VERSION:
                raise InvalidTag
            return self._cipher.decrypt(nonce, body, _VERSION)
        except (InvalidTag, ValueError):
            raise BoxError("数据不是用现在的 LINSHENG_SECRET_KEY 加密的") from None

    def digest(self, text: str) -> str:
        """A keyed hash, 64 hexadecimal digits: finds a number again without keeping it in clear."""
        return hmac.new(self._hash_key, text.encode(), hashlib.sha256).hexdigest()


def load_or_make_secret(home: Path) -> str:
    """The secret in `home/secret.key`; made on first use, mode 0600, `home` itself 0700.

    Raises `Failure` when the folder or the file cannot be used.
    """
    path = home / "secret.key"
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        secret = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"密钥文件 {path} 用不了（{error}）：请检查数据目录的权限。") from None
    if not secret:
        raise Failure(f"密钥文件 {path} 是空的：请从备份恢复它，没有它旧数据读不出来。")
    return secret


def _make(path: Path) -> None:
    """Written aside and linked into place, so that of two processes starting at once one wins
    and nobody ever reads half a key."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(aside, path)
    finally:
        aside.unlink()
