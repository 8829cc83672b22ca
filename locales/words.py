"""The lexicon: the language's word lists, and what a community adds to them."""

from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from flows.emergency_words import EmergencyExamples, EmergencyWords
from flows.lexicon import (
    CODES,
    AnswerExamples,
    Answers,
    CategoryWords,
    EndingWords,
    ExpectedWords,
    Lexicon,
    MatterWords,
    NumberWords,
    PlaceWords,
    TimeWords,
)
from flows.profile import Profile
from locales.check_words import check_added, check_packaged
from locales.read import HERE, build_model, read_yaml, refuse

_OTHERS: dict[str, type[BaseModel]] = {
    "answers": Answers,
    "answer_examples": AnswerExamples,
    "endings": EndingWords,
    "emergency": EmergencyWords,
    "emergency_examples": EmergencyExamples,
    "expected": ExpectedWords,
    "numbers": NumberWords,
    "places": PlaceWords,
    "times": TimeWords,
    "matters": MatterWords,
}


class _Examples(BaseModel):
    model_config = ConfigDict(extra="forbid")

    examples: tuple[str, ...]
    tickets: tuple[str, ...] = ()


@cache
def load_lexicon(language: str = "zh_CN") -> Lexicon:
    """All word lists of a language. Raises `ProfileError`."""
    return read_lexicon(HERE / language)


def read_lexicon(folder: Path) -> Lexicon:
    """`categories.yaml`, `examples/` with a file for each category, and the other word lists.

    Raises `ProfileError` for the first mistake.
    """
    lexicon = Lexicon(
        categories=_categories(folder),
        nothing=_examples(folder, "nothing").examples,
        **{
            name: build_model(model, read_yaml(path := folder / f"{name}.yaml"), path)
            for name, model in _OTHERS.items()
        },
    )
    check_packaged(lexicon, folder)
    return lexicon


def with_words_of(profile: Profile, lexicon: Lexicon, source: Path) -> Lexicon:
    """The lexicon with the community's own words; the same object when it has none.

    Raises `ProfileError` when a category is unknown or a word contradicts the others.
    """
    if not profile.words:
        return lexicon
    check_added(profile, lexicon, source)
    categories = dict(lexicon.categories)
    for code, added in profile.words.items():
        words = categories[code]
        more = {
            name: (*getattr(words, name), *getattr(added, name))
            for name in ("strong", "weak", "examples")
        }
        categories[code] = words.model_copy(update=more)
    return lexicon.model_copy(update={"categories": categories})


def _categories(folder: Path) -> dict[str, CategoryWords]:
    source = folder / "categories.yaml"
    data = read_yaml(source)
    for code in data:
        if code not in CODES:
            refuse(source, (code,), f"的“{code}”不是问题类别；可用的有 {'、'.join(CODES)}。")
    for code in CODES:
        if code not in data:
            refuse(source, (), f"：少了类别“{code}”；请补上。")
    return {code: _category(folder, source, code, data[code]) for code in data}


def _category(folder: Path, source: Path, code: str, data: Any) -> CategoryWords:
    texts = _examples(folder, code)
    words = build_model(CategoryWords, data, source, (code,))
    return words.model_copy(update={"examples": texts.examples, "tickets": texts.tickets})


def _examples(folder: Path, name: str) -> _Examples:
    path = folder / "examples" / f"{name}.yaml"
    return build_model(_Examples, read_yaml(path), path)
