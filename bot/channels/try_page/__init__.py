"""What the browser gets at `/try`, and its wording."""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
ASSETS = {"chat.js": "text/javascript", "capture.js": "text/javascript", "chat.css": "text/css"}
"""Files the page loads, with their media types."""


@cache
def words(language: str = "zh_CN") -> dict[str, Any]:
    """The page's texts, from `locales/<language>/try.yaml`."""
    text = (files("locales") / language / "try.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found
