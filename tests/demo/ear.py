"""Listening to what the service says: the caller's own recording, recognised."""

from pypinyin import lazy_pinyin

from voice.codecs import resample
from voice.recognition.protocol import Recogniser
from voice.sound import Sound


def hear(recogniser: Recogniser, sound: Sound) -> str:
    """The words in a stretch of sound; empty when there are none."""
    return recogniser.recognise(resample(sound, recogniser.rate)).text


def sounds_like(text: str, *sounds: str) -> bool:
    """Whether any of these (toneless pinyin, spaced) is in the text: homophones count.

    >>> sounds_like("三撞二单元", "san zhuang"), sounds_like("三幢", "san dong")
    (True, False)
    """
    heard = f" {' '.join(lazy_pinyin(text))} "
    return any(f" {sound} " in heard for sound in sounds)
