"""Digits in speech: decoded with a grammar of digits, because a language model hears words in them
(“五七” becomes “误区”)."""

import json
import re
from pathlib import Path

from vosk import KaldiRecognizer, Model, SetLogLevel

from flows.ticket_number import is_ticket_number
from voice.codecs import resample
from voice.sound import Sound

_DIGITS = dict(zip("零一幺二两三四五六七八九", "011223456789", strict=True))


class DigitEar:
    def __init__(self, model: Path) -> None:
        SetLogLevel(-1)
        self._model = Model(str(model))

    def digits(self, sound: Sound) -> str:
        """All digits in order; what is no digit divides them as a space.

        The grammar finds digits in other words, too: look for what can be checked.
        """
        found = "".join(_DIGITS.get(word, " ") for word in self._words(sound))
        return re.sub(" +", " ", found).strip()

    def building(self, sound: Sound) -> str:
        """The number before the first “幢”; empty when there is none."""
        words = self._words(sound, "幢", "单元", "楼道")
        if "幢" not in words[1:]:
            return ""
        return _DIGITS.get(words[words.index("幢", 1) - 1], "")

    def _words(self, sound: Sound, *more: str) -> list[str]:
        grammar = json.dumps([*_DIGITS, *more, "[unk]"], ensure_ascii=False)
        recogniser = KaldiRecognizer(self._model, 8000, grammar)
        recogniser.AcceptWaveform(resample(sound, 8000).pcm)
        return str(json.loads(recogniser.FinalResult())["text"]).split()

    def ticket_number(self, sound: Sound) -> str:
        """The ticket number that was said, by its check digit; one said twice wins; else empty."""
        digits = self.digits(sound).replace(" ", "")
        found = [
            digits[at : at + 6]
            for at in range(len(digits) - 5)
            if is_ticket_number(digits[at : at + 6])
        ]
        return max(found, key=found.count, default="")
