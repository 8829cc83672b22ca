"""YAML files that people edit, read with one clear line for each mistake."""

from pathlib import Path
from typing import Any, NoReturn, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from locales.where import explain, line_of

HERE = Path(__file__).parent
DEMO = HERE / "demo_community.yaml"

Model = TypeVar("Model", bound=BaseModel)


class ProfileError(ValueError):
    """A profile or locale file cannot be used; one line: the file, where, what to do."""


def refuse(source: Path, location: tuple[str | int, ...], problem: str) -> NoReturn:
    """Raises `ProfileError` that names the file and the line of what stands at `location`."""
    raise ProfileError(f"{source}: 第 {line_of(source, location)} 行{problem}")


def read_yaml(path: Path) -> dict[str, Any]:
    """A YAML mapping. Raises `ProfileError`."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), _UniqueKeys)  # noqa: S506 (a SafeLoader)
    except FileNotFoundError:
        raise ProfileError(f"{path}: 没有这个文件；请检查文件名。") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(f"{path}: 读不了（{error}）；请检查它是不是 UTF-8 文本。") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f"第 {mark.line + 1} 行" if mark else "某处"
        raise ProfileError(
            f"{path}: {line}写法有误（{error.problem}）；请检查缩进、冒号和引号。"
        ) from None
    except yaml.YAMLError as error:
        raise ProfileError(f"{path}: 不是 YAML 文本（{error}）。".replace("\n", " ")) from None
    if not isinstance(data, dict):
        raise ProfileError(f"{path}: 内容应是“名称: 值”的列表；可参照 {DEMO.name}。")
    return data


class _UniqueKeys(yaml.CSafeLoader):
    """YAML lets a later duplicate key win silently; a person who edits word lists wants to know."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"“{key.value}”写了两次", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


# YAML 1.1 reads yes, no, on and off as true and false; here they are words.
_UniqueKeys.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def build_model(
    model: type[Model], data: Any, source: Path, at: tuple[str | int, ...] = ()
) -> Model:
    """The data at `at` in a file as a model. Raises `ProfileError` for the first mistake."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems = error.errors()
        # A misspelt name is one too many and one too few: the first can be pointed at.
        problem = next((p for p in problems if p["type"] == "extra_forbidden"), problems[0])
        location = (*at, *problem["loc"])
        field = ".".join(str(part) for part in location)
        refuse(source, location, f"“{field}”有误：{explain(problem)}。")
