"""How well something said is understood over a telephone line."""

import json

from pypinyin import lazy_pinyin
from rapidfuzz.distance import Levenshtein
from vosk import KaldiRecognizer

from voice.codecs import alaw_decode, alaw_encode, resample
from voice.recognition.vosk import VoskRecogniser
from voice.sound import Sound

_DIGITS = "零一二三四五六七八九幺"
_AS = str.maketrans("幢", "撞")
"""Said zhuàng; pypinyin says chuáng, which is a bed's curtain."""


def through_a_line(sound: Sound) -> Sound:
    """Through A-law, with half a second of quiet on both sides."""
    quiet = bytes(8000)
    return Sound(alaw_decode(alaw_encode(quiet + resample(sound, 8000).pcm + quiet)), 8000)


def syllables(text: str) -> list[str]:
    """Toneless, marks left out."""
    return lazy_pinyin("".join(c for c in text.translate(_AS) if c.isalpha()))


def errors(said: str, heard: str) -> int:
    """Syllables that differ."""
    return Levenshtein.distance(syllables(said), syllables(heard))


def digits_heard(recogniser: VoskRecogniser, sound: Sound) -> str:
    """What a listener hears who expects a number: a second decode that knows digits only.

    The open vocabulary makes words of digits that stand alone (七 becomes 企业). Other speech
    around the number may come out as a digit too.
    """
    words = json.dumps([*_DIGITS, "[unk]"], ensure_ascii=False)
    ears = KaldiRecognizer(recogniser._model, recogniser.rate, words)
    ears.AcceptWaveform(resample(sound, recogniser.rate).pcm)
    return "".join(c for c in json.loads(ears.FinalResult())["text"] if c in _DIGITS)
