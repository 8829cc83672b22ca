"""G.711 A-law by table (`audioop` left Python with 3.13)."""

import numpy as np


def _expand(code: int) -> int:
    """One A-law byte to a 16-bit sample (ITU-T G.711, table 1a)."""
    code ^= 0x55
    exponent, mantissa = (code >> 4) & 7, code & 15
    size = (mantissa << 4) + 8 if exponent == 0 else ((mantissa << 4) + 0x108) << (exponent - 1)
    return size if code & 0x80 else -size


_DECODE = np.array([_expand(code) for code in range(256)], dtype="<i2")


def _compress() -> np.ndarray:
    """The nearest code for every 16-bit sample, negative ones after the positive ones."""
    codes = np.argsort(_DECODE, kind="stable")
    levels = _DECODE[codes].astype(np.int32)
    samples = np.arange(-32768, 32768, dtype=np.int32)
    nearest = np.searchsorted((levels[1:] + levels[:-1]) / 2, samples, side="right")
    return np.roll(codes[nearest].astype(np.uint8), -32768)


_ENCODE = _compress()


def alaw_encode(pcm: bytes) -> bytes:
    """16-bit little-endian PCM to A-law: half as many bytes.

    >>> alaw_decode(alaw_encode(b"\\x08\\x00\\xf8\\xff")).hex()
    '0800f8ff'
    """
    return _ENCODE[np.frombuffer(pcm, "<i2").view(np.uint16)].tobytes()


def alaw_decode(alaw: bytes) -> bytes:
    """A-law to 16-bit little-endian PCM: twice as many bytes."""
    return _DECODE[np.frombuffer(alaw, np.uint8)].tobytes()
