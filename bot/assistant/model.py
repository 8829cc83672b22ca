"""A language model behind one verb: an OpenAI-compatible endpoint, or nothing."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import httpx

from bot.settings import Settings
from locales.load import HERE, read_yaml

DEADLINE = 1.5
"""Seconds from the question to the whole answer; what comes later is not wanted."""
LONGEST = 40
"""Characters of a summary: one line at the desk."""
_LARGEST = 64_000


@dataclass(frozen=True)
class Suggestion:
    summary: str
    category: str
    """One of those offered, or empty."""


class LanguageModel(Protocol):
    def suggest(self, words: str, choices: Sequence[tuple[str, str]]) -> Suggestion | None:
        """A line about masked words, and which of the choices (code, label) fits best; None when
        nothing useful came in time. Blocking; never raises for what the other side does."""


class HttpModel:
    def __init__(self, url: str, key: str, model: str, language: str = "zh_CN") -> None:
        """url: what `/chat/completions` is appended to, `https://…/v1`."""
        self._url, self._key, self._model = url, key, model
        self._words = _words(language)

    def suggest(self, words: str, choices: Sequence[tuple[str, str]]) -> Suggestion | None:
        offered = "\n".join(f"{code}: {label}" for code, label in choices)
        report = self._words["report"].format(words=words, choices=offered)
        body = {
            "model": self._model,
            "temperature": 0,
            "max_tokens": 120,
            "messages": [
                {"role": "system", "content": self._words["task"]},
                {"role": "user", "content": report},
            ],
        }
        try:
            content = json.loads(self._ask(body))["choices"][0]["message"]["content"]
            return _read(content, [code for code, _ in choices])
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, LookupError, TypeError):
            return None

    def _ask(self, body: dict[str, Any]) -> bytes:
        """The answer's body. Raises `httpx.HTTPError` for all but a 200 within the deadline."""
        until = time.monotonic() + DEADLINE
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        address, got = f"{self._url}/chat/completions", b""
        with httpx.stream("POST", address, json=body, headers=headers, timeout=DEADLINE) as answer:
            answer.raise_for_status()
            for part in answer.iter_bytes():
                got += part
                if time.monotonic() > until or len(got) > _LARGEST:
                    raise httpx.ReadTimeout("deadline")
        return got


def _read(content: str, codes: Sequence[str]) -> Suggestion | None:
    """The model's JSON, anything unfit dropped; None when nothing is left."""
    found = json.loads(content)
    if not isinstance(found, dict):
        return None
    summary, category = found.get("summary"), found.get("category")
    line = " ".join(summary.split()) if isinstance(summary, str) else ""
    line = "" if len(line) > LONGEST or "<" in line or "http" in line else line
    code = str(category) if category in codes else ""
    return Suggestion(line, code) if line or code else None


@cache
def _words(language: str) -> dict[str, Any]:
    return read_yaml(HERE / language / "assistant.yaml")


def model_of(settings: Settings) -> LanguageModel | None:
    """The model that is configured; None when there is none."""
    if not settings.llm_url:
        return None
    return HttpModel(settings.llm_url, settings.llm_key.get_secret_value(), settings.llm_model)
