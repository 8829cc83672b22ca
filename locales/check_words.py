"""Word lists that contradict each other: the same word or sentence for two kinds of problem."""

from collections.abc import Iterable
from pathlib import Path

from flows.lexicon import CODES, Lexicon
from flows.profile import Profile
from locales.read import refuse

_NOTHING = "nothing"


def check_packaged(lexicon: Lexicon, folder: Path) -> None:
    """No strong word for two categories, no word twice for one, no example twice at all.

    Raises `ProfileError`.
    """
    strong: dict[str, str] = {}
    texts: dict[str, str] = {}
    source = folder / "categories.yaml"
    for code, words in lexicon.categories.items():
        _take(strong, code, words.strong, source, (code, "strong"))
        both = dict.fromkeys(words.strong, code)
        _take(both, code, words.weak, source, (code, "weak"))
        path = folder / "examples" / f"{code}.yaml"
        _take(texts, code, words.examples, path, ("examples",))
        _take(texts, code, words.tickets, path, ("tickets",))
    path = folder / "examples" / f"{_NOTHING}.yaml"
    _take(texts, _NOTHING, lexicon.nothing, path, ("examples",))


def check_added(profile: Profile, lexicon: Lexicon, source: Path) -> None:
    """The same for what a community adds, against the packaged words and each other.

    Raises `ProfileError`.
    """
    strong = {word: code for code, words in lexicon.categories.items() for word in words.strong}
    texts = {text: code for code, words in lexicon.categories.items() for text in words.examples}
    texts |= dict.fromkeys(lexicon.nothing, _NOTHING)
    for code, added in profile.words.items():
        if code not in CODES:
            known = "、".join(CODES)
            refuse(source, ("words", code), f"的“{code}”不是问题类别；可用的有 {known}。")
        _take(strong, code, added.strong, source, ("words", code, "strong"))
        weak = dict.fromkeys((*lexicon.categories[code].weak, *added.strong), code)
        _take(weak, code, added.weak, source, ("words", code, "weak"))
        _take(texts, code, added.examples, source, ("words", code, "examples"))


def _take(
    seen: dict[str, str],
    code: str,
    texts: Iterable[str],
    source: Path,
    location: tuple[str, ...],
) -> None:
    """Notes whose the texts are; the first that is somebody's already is refused."""
    for at, text in enumerate(texts):
        if text in seen:
            refuse(source, (*location, at), f"的“{text}”{_already(seen[text], code)}。")
        seen[text] = code


def _already(before: str, code: str) -> str:
    if before == code:
        return f"，{code} 里已经有了；请删掉"
    if before == _NOTHING:
        return "，在“不是报事的话”里已经有了；请换一句"
    return f"已经是 {before} 的；一个词、一句话只能属于一类，请删掉或换一个"
