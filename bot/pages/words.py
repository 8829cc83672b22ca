"""The wording of pages, from `locales/<language>/desk.yaml`; no text of a page lives in code."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def page_words(language: str = "zh_CN") -> dict[str, Any]:
    """The whole tree of texts. Raises FileNotFoundError for a language that does not exist.

    >>> page_words()["error"]["404"]["title"]
    '没有找到这一页'
    """
    text = (files("locales") / language / "desk.yaml").read_text(encoding="utf-8")
    words: dict[str, Any] = yaml.safe_load(text)
    return words


def say(path: str, **values: object) -> str:
    """One text by its dotted path, with `{name}` filled in; raises KeyError when there is none.

    >>> say("slip.title")
    '报事回执'
    """
    found: Any = page_words()
    for part in path.split("."):
        found = found[part]
    if not isinstance(found, str):
        raise KeyError(path)
    return found.format(**values) if values else found
