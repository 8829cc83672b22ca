"""Sound files and the telephone's A-law, to and from `Sound`."""

from voice.codecs.alaw import alaw_decode, alaw_encode
from voice.codecs.decode import decode
from voice.codecs.encode import encode_amr, encode_mp3, encode_wav
from voice.codecs.resample import Resampler, resample

__all__ = [
    "Resampler",
    "alaw_decode",
    "alaw_encode",
    "decode",
    "encode_amr",
    "encode_mp3",
    "encode_wav",
    "resample",
]
