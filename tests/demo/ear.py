"""Listening to what the service says: the caller's own recording, recognised."""

from pypinyin import lazy_pinyin

from voice.codecs import resample
from voice.recognition.protocol import Recogniser
from voice.sound import Sound

_DIGITS = {
    "ling": "0", "yi": "1", "yao": "1", "er": "2", "liang": "2", "san": "3", "shan": "3",
    "si": "4", "shi": "4", "wu": "5", "liu": "6", "qi": "7", "ba": "8", "jiu": "9",
}  # fmt: skip


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


def spoken_digits(text: str) -> str:
    """The digits among recognised words, whichever homophones they were written down as.

    >>> spoken_digits("单号是五期二零零舞")
    '4572005'
    """
    return "".join(_DIGITS.get(syllable, "") for syllable in lazy_pinyin(text))
