"""Where in a YAML file a value stands, and what is wrong with it, in words for who wrote it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

_WORDS = {
    "missing": "少了这一项",
    "extra_forbidden": "没有这一项，请删掉或改名",
    "string_type": "要写成文字",
    "int_type": "要写成整数",
    "int_parsing": "要写成整数",
    "float_parsing": "要写成数字",
    "bool_parsing": "要写成 true 或 false",
    "tuple_type": "要写成列表，例如 [甲, 乙]",
    "dict_type": "要写成“名称: 值”",
    "model_type": "要写成“名称: 值”",
    "union_tag_not_found": "少了这一项",
}
_BOUND = {
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "greater_than": "要大于 {gt}",
    "string_too_short": "不能空着",
    "string_too_long": "太长了，最多 {max_length} 个字",
    "string_pattern_mismatch": "写法不对，要符合 {pattern}",
    "literal_error": "只能是 {expected}",
    "union_tag_invalid": "只能是 {expected_tags}",
    "value_error": "{error}",
}


def line_of(path: Path, location: Sequence[str | int]) -> int:
    """The line, from 1, where the value at `location` stands; its nearest parent's when there is
    no such value, 1 when the file cannot be read."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return 1
    line = 0
    for part in location:
        found: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    found, line = value, key.start_mark.line
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            found = node.value[part] if part < len(node.value) else None
            line = found.start_mark.line if found else line
        if found is None:
            # A union's tag stands in pydantic's location, but in no file.
            continue
        node = found
    return line + 1


def explain(problem: Mapping[str, Any]) -> str:
    """One of pydantic's errors in plain Chinese; its own words for a kind that is not listed."""
    kind = str(problem["type"])
    if kind in _WORDS:
        return _WORDS[kind]
    context = {k: str(v).replace(" or ", "、") for k, v in problem.get("ctx", {}).items()}
    return _BOUND[kind].format(**context) if kind in _BOUND else str(problem["msg"])
