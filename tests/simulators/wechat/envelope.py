"""WeChat's side of safe mode, written from the documentation, without the library under test."""

import base64
import hashlib
import secrets
import struct
import time
from xml.etree import ElementTree

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from tests.simulators.wechat.account import Account


def sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def encrypt(account: Account, xml: str) -> str:
    """16 random bytes, length in network order, text, appid; padded to 32; AES-256-CBC; base64."""
    text = xml.encode()
    plain = secrets.token_bytes(16) + struct.pack("!I", len(text)) + text + account.appid.encode()
    pad = 32 - len(plain) % 32
    encryptor = _cipher(account).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad)).decode()


def decrypt(account: Account, encrypted: str) -> str:
    """Raises `ValueError` when it is not for this account."""
    plain = _cipher(account).decryptor().update(base64.b64decode(encrypted))
    plain = plain[16 : -plain[-1]]
    (length,) = struct.unpack("!I", plain[:4])
    if plain[4 + length :] != account.appid.encode():
        raise ValueError("appid")
    return plain[4 : 4 + length].decode()


def wrap(account: Account, xml: str, at: float | None = None) -> tuple[dict[str, str], bytes]:
    """Query and body of a callback. `at` is the Unix time it is signed with; now by default."""
    timestamp = str(int(time.time() if at is None else at))
    nonce = str(secrets.randbelow(10**10))
    query = {
        "signature": sign(account.token, timestamp, nonce),
        "timestamp": timestamp,
        "nonce": nonce,
    }
    if not account.aes_key:
        return query, xml.encode()
    encrypted = encrypt(account, xml)
    query["encrypt_type"] = "aes"
    query["msg_signature"] = sign(account.token, timestamp, nonce, encrypted)
    body = (
        f"<xml><ToUserName><![CDATA[{account.original_id}]]></ToUserName>"
        f"<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    )
    return query, body.encode()


def unwrap(account: Account, body: bytes) -> dict[str, str]:
    """The leaves of a passive reply. Raises `ValueError`, `ParseError` for what WeChat refuses."""
    root = ElementTree.fromstring(body)
    if account.aes_key:
        leaf = {child.tag: child.text or "" for child in root}
        expected = sign(account.token, leaf["TimeStamp"], leaf["Nonce"], leaf["Encrypt"])
        if leaf["MsgSignature"] != expected:
            raise ValueError("signature")
        root = ElementTree.fromstring(decrypt(account, leaf["Encrypt"]))
    return {child.tag: child.text or "" for child in root}


def _cipher(account: Account) -> Cipher[CBC]:
    key = base64.b64decode(account.aes_key + "=")
    return Cipher(AES(key), CBC(key[:16]))
