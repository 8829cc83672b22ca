"""A field mapping: a Jinja2 template, in a sandbox, that turns a record into an outlet's JSON."""

import json
from collections.abc import Collection
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, Undefined, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

LARGEST = 256 * 1024
"""Characters a mapping may give."""

SAMPLE: dict[str, Any] = {
    "community": "和睦社区",
    "number": "572005",
    "state": "in_progress",
    "state_name": "正在处理",
    "category": "lighting",
    "category_name": "路灯照明",
    "urgency": "normal",
    "urgency_name": "一般",
    "place": "3幢2单元",
    "place_id": "hm/3/2",
    "organisation": "wy",
    "organisation_name": "和睦物业",
    "channel": "phone",
    "created": "2026-11-23T09:00:00+08:00",
    "updated": "2026-11-23T10:00:00+08:00",
    "event": {
        "id": 1, "kind": "state", "at": "2026-11-23T10:00:00+08:00", "text": "“换好了”\n明天看",
    },
}  # fmt: skip
"""What every outlet gets, invented; quotes and line ends are there to find what is not escaped."""
OPTIONAL = {
    "description": "楼道的“灯”\n坏了",
    "note": "灯泡\\换好了",
    "phone": "13800001234",
    "name": "王秀英",
    "link": "https://example.org/t/abc",
}
"""What it gets only where its `fields` say so."""


class MappingError(ValueError):
    """The template cannot be used; `line` counts from 1 within it."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


class Mapping:
    def __init__(self, source: str, fields: Collection[str]) -> None:
        """Compiles the template and tries it on a sample with just these optional fields.

        Raises `MappingError`.
        """
        environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
        environment.filters["tojson"] = _tojson
        try:
            self._template = environment.from_string(source)
        except TemplateSyntaxError as error:
            raise MappingError(error.lineno, f"写法有误（{error.message}）") from None
        sample = {**SAMPLE, **{name: OPTIONAL[name] for name in fields if name in OPTIONAL}}
        self(sample)

    def __call__(self, record: dict[str, Any]) -> bytes:
        """The JSON, compact. Raises `MappingError`."""
        try:
            text = self._template.render(record)
        except UndefinedError as error:
            problem = f"用了没有的内容（{error.message}）；电话、姓名等要先写进 fields"
            raise MappingError(_line(error), problem) from None
        except (TemplateError, ArithmeticError, TypeError, ValueError, LookupError) as error:
            raise MappingError(_line(error), f"算不出来（{error}）") from None
        if len(text) > LARGEST:
            raise MappingError(1, "生成的内容太大")
        try:
            return json.dumps(json.loads(text), ensure_ascii=False).encode()
        except ValueError as error:
            at = text[: getattr(error, "pos", 0)]
            where = text[len(at) : len(at) + 20].replace("\n", " ")
            problem = f"生成的不是 JSON（在“{where}”附近）；文字请用 tojson"
            raise MappingError(at.count("\n") + 1, problem) from None


def _tojson(value: object) -> str:
    if isinstance(value, Undefined):
        str(value)  # a strict one says its name
    return json.dumps(value, ensure_ascii=False)


def _line(error: BaseException) -> int:
    """The template's line in the traceback Jinja made."""
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
