"""The community's profile and the language's lexicon, from YAML files people can read and edit."""

from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from flows.community import Community
from flows.gazetteer import Gazetteer
from flows.lexicon import Lexicon
from flows.profile import Profile
from flows.report import Urgency
from flows.understanding import emergency
from flows.understanding.category import model_of
from flows.understanding.frames import FrameError
from locales.where import explain, line_of

HERE = Path(__file__).parent
DEMO = HERE / "demo_community.yaml"
_LEXICON_FILES = (
    "categories",
    "answers",
    "emergency",
    "emergency_examples",
    "numbers",
    "places",
    "times",
    "matters",
)

Model = TypeVar("Model", bound=BaseModel)


class ProfileError(ValueError):
    """A profile or locale file cannot be used; one line: the file, where, what to do."""


def load_community(path: Path | None = None, language: str = "zh_CN") -> Community:
    """The community of a profile file; without one, the packaged, invented demo community.

    Raises `ProfileError`.
    """
    profile = load_profile(path)
    lexicon = load_lexicon(language)
    # Built now (about 2 s of one core), so that the first resident does not wait for it.
    model_of(lexicon)
    _prepare(lexicon, language)
    return Community(
        profile=profile,
        gazetteer=Gazetteer(profile, lexicon.places, lexicon.numbers),
        lexicon=lexicon,
    )


def _prepare(lexicon: Lexicon, language: str) -> None:
    try:
        emergency.prepare(lexicon)
    except FrameError as error:
        source = HERE / language / "emergency.yaml"
        wrong = f"词组 {error.group} 不在 words 里" if error.group else "有一处是空的"
        raise ProfileError(f"{source}: “{error.phrase}”写法有误：{wrong}。") from None


def load_profile(path: Path | None = None) -> Profile:
    """The profile alone, in no time. Raises `ProfileError`."""
    source = path or DEMO
    profile = _build(Profile, read_yaml(source), source)
    _check(profile, source)
    return profile


@cache
def load_lexicon(language: str = "zh_CN") -> Lexicon:
    """All word lists of a language. Raises `ProfileError`."""
    folder = HERE / language
    parts = {name: read_yaml(folder / f"{name}.yaml") for name in _LEXICON_FILES}
    return _build(Lexicon, parts, folder)


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


class _UniqueKeys(yaml.SafeLoader):
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
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _build(model: type[Model], data: dict[str, Any], source: Path) -> Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problem = error.errors()[0]
        field = ".".join(str(part) for part in problem["loc"])
        line = f"第 {line_of(source, problem['loc'])} 行" if source.is_file() else ""
        raise ProfileError(f"{source}: {line}“{field}”有误：{explain(problem)}。") from None


def _check(profile: Profile, source: Path) -> None:
    """What the model alone cannot see: names that must be unique, references that must exist."""
    seen: set[str] = set()
    for estate in profile.places:
        if estate.id in seen:
            raise ProfileError(f"{source}: places 里有两个 id “{estate.id}”；请改其中一个。")
        seen.add(estate.id)
        names = [building.name for building in estate.all_buildings()]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice:
            raise ProfileError(f"{source}: “{estate.name}”里“{twice}”写了两次；请删掉一个。")
    organisations = {organisation.id for organisation in profile.organisations}
    categories = set(load_lexicon().categories) | {"default"}
    for code, target in profile.routing.items():
        if code not in categories:
            raise ProfileError(
                f"{source}: routing 里的“{code}”不是问题类别；"
                f"可用的有 {'、'.join(sorted(categories))}。"
            )
        if target != "community" and target not in organisations:
            raise ProfileError(
                f"{source}: routing.{code} 指向的“{target}”不在 organisations 里；请补上或改正。"
            )
    known = categories | set(Urgency)
    for name in profile.follow_up.deadlines:
        if name not in known:
            raise ProfileError(
                f"{source}: follow_up.deadlines 里的“{name}”不是问题类别，也不是"
                f"{'、'.join(Urgency)}；请改正。"
            )
    if profile.follow_up.close_after <= profile.follow_up.ask_again_after:
        raise ProfileError(
            f"{source}: follow_up.close_after 要比 ask_again_after 大，再问过以后才能办结。"
        )
