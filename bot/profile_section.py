"""A list in the profile that the bot reads itself (`outlets`, `sources`): checked, and where it is
wrong, told in one line."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from locales.load import ProfileError
from locales.where import explain, line_of

Entry = TypeVar("Entry")


def read_entry(
    model: TypeAdapter[Entry], value: object, file: Path, section: str, at: int
) -> Entry:
    """The entry number `at` of the section. Raises `ProfileError`."""
    try:
        return model.validate_python(value)
    except ValidationError as error:
        problem = error.errors()[0]
        # A missing or unknown kind has no place of its own in pydantic's report.
        location = problem["loc"] or ("kind",)
        raise mistake(file, section, at, location, explain(problem)) from None


def mistake(
    file: Path, section: str, at: int, location: Sequence[str | int], problem: str
) -> ProfileError:
    """One line: the file, the line in it, the field and what is wrong."""
    line = line_of(file, (section, at, *location))
    field = ".".join(str(part) for part in location)
    return ProfileError(f"{file}: 第 {line} 行 {section} 的“{field}”有误：{problem}。")
