"""Mandarin text to the symbols Kokoro-82M v1.0 was trained on.

The model was taught with jieba's words, pypinyin's syllables and misaki's IPA, tones as arrows,
words apart by a space; other notations sound worse.
"""

import logging
import re
from collections.abc import Iterator

import jieba
from misaki.transcription import pinyin_to_ipa
from pypinyin import Style, lazy_pinyin

from voice.synthesis.pronounce import unmarked

jieba.setLogLevel(logging.WARNING)

_SYMBOLS = {
    symbol: number
    for number, symbol in (
        *enumerate(";:,.!?", 1),
        *enumerate('—…"()“” \u0303ʣʥʦʨᵝꭧAI', 9),
        *((31, "O"), (33, "Q"), (35, "S"), (36, "T"), (39, "W"), (41, "Y"), (42, "ᵊ")),
        *enumerate("abcdef", 43),
        *enumerate("hijklmnopqrstuvwxyzɑɐɒæ", 50),
        *((75, "β"), (76, "ɔ"), (77, "ɕ"), (78, "ç"), (80, "ɖ"), (81, "ð"), (82, "ʤ")),
        *((83, "ə"), (85, "ɚ"), (86, "ɛ"), (87, "ɜ"), (90, "ɟ"), (92, "ɡ"), (99, "ɥ")),
        *((101, "ɨ"), (102, "ɪ"), (103, "ʝ"), (110, "ɯ"), (111, "ɰ"), (112, "ŋ"), (113, "ɳ")),
        *((114, "ɲ"), (115, "ɴ"), (116, "ø"), (118, "ɸ"), (119, "θ"), (120, "œ"), (123, "ɹ")),
        *((125, "ɾ"), (126, "ɻ"), (128, "ʁ"), (129, "ɽ"), (130, "ʂ"), (131, "ʃ"), (132, "ʈ")),
        *((133, "ʧ"), (135, "ʊ"), (136, "ʋ"), (138, "ʌ"), (139, "ɣ"), (140, "ɤ"), (142, "χ")),
        *((143, "ʎ"), (147, "ʒ"), (148, "ʔ"), (156, "ˈ"), (157, "ˌ"), (158, "ː"), (162, "ʰ")),
        *((164, "ʲ"), (169, "↓"), (171, "→"), (172, "↗"), (173, "↘"), (177, "ᵻ")),
    )
}
"""The model's vocabulary, from its `config.json`."""

_TONES = (
    ("˧˩˧", "↓"),
    ("˧˥", "↗"),
    ("˥˩", "↘"),
    ("˥", "→"),
    ("ɻ\u0329", "ɨ"),
    ("ɹ\u0329", "ɨ"),
    ("\u032f", ""),
)

_AS = str.maketrans("幢", "撞")
"""Houses are counted in zhuàng; pypinyin says chuáng. Not taught to pypinyin itself: what others in
the process know by it would change, too."""

_SPELT = re.compile(r"([零〇一二三四五六七八九幺]{3,})")
_MARKS = str.maketrans("，、；：。！？…", ",,;:.!?…")


def tokens(text: str) -> list[int]:
    """The model's numbers for Chinese text; marks stay in it as marks, the rest is passed over.

    >>> tokens("你好。") == [56, 51, 172, 66, 43, 63, 169, 4]
    True
    """
    written = ""
    for word, spoken in _spoken(text):
        mark = word.translate(_MARKS)
        if spoken:
            symbols = "".join(map(_syllable, spoken))
            written += symbols if not written else f" {symbols}"
        elif written and mark in _SYMBOLS:
            written += mark
    return [_SYMBOLS[symbol] for symbol in written if symbol in _SYMBOLS]


def syllables(text: str) -> list[str]:
    """One for each Chinese character, and "" for everything else.

    >>> syllables("不对。")
    ['bu2', 'dui4', '']
    """
    return [each for word, spoken in _spoken(text) for each in spoken or [""] * len(word)]


def _spoken(text: str) -> Iterator[tuple[str, list[str]]]:
    """Words with their syllables; a mark has none."""
    text, said = unmarked(text)
    # Digits that are spelt are words of their own; run together they are misheard.
    words = [word for part in _SPELT.split(text) for word in _words(part)]
    at = 0
    for word, following in zip(words, [*words[1:], ""], strict=True):
        at = text.index(word, at)
        yield word, _word(word, following, [said.get(at + n, "") for n in range(len(word))])
        at += len(word)


def spells_digits(text: str) -> bool:
    """Whether three or more digits stand in a row: a number that is spelt, not a quantity."""
    return _SPELT.search(text) is not None


def _words(text: str) -> list[str]:
    if _SPELT.fullmatch(text):
        return list(text)
    return [word for word in jieba.lcut(text) if word.strip()]


def _word(word: str, following: str, said: list[str]) -> list[str]:
    """Syllables; 不 and third tones change before what follows. `said` holds what is certain."""
    if not re.match(r"[\u3400-\u9fff]", word):
        return []
    spoken = _pinyin(word)
    if len(spoken) == len(word):
        spoken = [sure or guess for sure, guess in zip(said, spoken, strict=True)]
    after = [*spoken[1:], *_pinyin(following[:1])]
    for number, (character, syllable) in enumerate(zip(word, after, strict=False)):
        if character == "不" and not said[number] and syllable.endswith("4"):
            spoken[number] = "bu2"
    return spoken


def _pinyin(word: str) -> list[str]:
    style = Style.TONE3
    return lazy_pinyin(
        word.translate(_AS),
        style=style,
        neutral_tone_with_five=True,
        errors="ignore",
        tone_sandhi=True,
    )


def _syllable(pinyin: str) -> str:
    ipa = "".join(pinyin_to_ipa(pinyin)[0])
    for written, symbol in _TONES:
        ipa = ipa.replace(written, symbol)
    return ipa
