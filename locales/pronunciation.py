"""How words with several readings are said: the language's list and the community's own."""

import re

from flows.profile import Profile
from locales.load import HERE, ProfileError, read_yaml

_WORD = re.compile(r"[\u3400-\u9fff\u3007]+")
_SYLLABLES = re.compile(r"[a-zü]{1,6}[1-5](?: [a-zü]{1,6}[1-5])*")


def pronunciation(profile: Profile, language: str = "zh_CN") -> dict[str, str]:
    """Words to the syllables of their first characters, `{"睡不着": "shui4 bu4 zhao2"}`; the
    community's own win. Raises `ProfileError` for one of those that cannot be right."""
    for word, said in profile.pronunciation.items():
        if not fits(word, said):
            raise ProfileError(
                f"社区资料的 pronunciation 里，“{word}: {said}”有误：几个字就写几个带声调的音节，"
                "例如“单家弄: shan4 jia1 long4”。"
            )
    source = HERE / language / "pronunciation.yaml"
    listed = read_yaml(source)
    named = {
        surname + title: said
        for surname, said in listed["surnames"].items()
        for title in listed["titles"]
    }
    return {**named, **listed["words"], **profile.pronunciation}


def fits(word: str, said: str) -> bool:
    """Whether there is a syllable for every character.

    >>> fits("单家弄", "shan4 jia1 long4"), fits("单家弄", "shan"), fits("A座", "ei1 zuo4")
    (True, False, False)
    """
    return bool(
        _WORD.fullmatch(word) and _SYLLABLES.fullmatch(said) and len(said.split()) == len(word)
    )
