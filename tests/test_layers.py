"""The layers: `flows` is pure; `voice` knows sound; `locales` words; `bot` wires."""

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("flows", "voice", "locales", "bot")

PURE = {
    "chinese_calendar",
    "collections",
    "dataclasses",
    "datetime",
    "enum",
    "functools",
    "itertools",
    "math",
    "numpy",
    "pydantic",
    "pypinyin",
    "rapidfuzz",
    "re",
    "typing",
    "unicodedata",
}
"""What `flows` may use: computation only. No files, sockets, clocks, processes or randomness."""
IMPURE_CALLS = {"open", "print", "input", "exec", "eval", "__import__"}
CLOCKS = {"now", "utcnow", "today"}


def _imports(file: Path) -> set[str]:
    """Dotted names a file imports, wherever in it."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            found.add(node.module or "")
    return found


def _tops(package: str) -> dict[str, set[str]]:
    """Top-level names imported by each file of a package and by all of ours it reaches."""
    result: dict[str, set[str]] = {}
    waiting = [*sorted((ROOT / package).rglob("*.py"))]
    seen: set[Path] = set()
    while waiting:
        file = waiting.pop()
        if file in seen:
            continue
        seen.add(file)
        names = _imports(file)
        result[str(file.relative_to(ROOT))] = {name.split(".")[0] for name in names}
        for name in names:
            if name.split(".")[0] in OURS:
                path = ROOT.joinpath(*name.split("."))
                waiting += [
                    p for p in (path.with_suffix(".py"), path / "__init__.py") if p.exists()
                ]
    return result


def _check(package: str, forbidden: set[str]) -> None:
    for file, tops in _tops(package).items():
        assert not tops & forbidden, f"{file} imports {tops & forbidden}"


def test_flows_is_pure() -> None:
    files = _tops("flows")
    assert len(files) > 20
    for file, tops in files.items():
        assert tops <= PURE | {"flows"}, f"{file} imports {tops - PURE - {'flows'}}"


@pytest.mark.parametrize("file", sorted((ROOT / "flows").rglob("*.py")), ids=lambda f: f.stem)
def test_flows_calls_nothing_impure(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func
            if isinstance(name, ast.Name):
                assert name.id not in IMPURE_CALLS, f"{file}:{node.lineno}"
            elif isinstance(name, ast.Attribute):
                assert name.attr not in CLOCKS, f"{file}:{node.lineno} asks a clock"


def test_voice_knows_nothing_of_tickets() -> None:
    _check("voice", {"bot", "flows", "locales"})


def test_locales_knows_neither_bot_nor_voice() -> None:
    _check("locales", {"bot", "voice"})


def test_a_forbidden_import_would_be_found(tmp_path: Path) -> None:
    file = tmp_path / "bad.py"
    file.write_text("def f():\n    import socket\n    from bot.app import x\n")
    assert {name.split(".")[0] for name in _imports(file)} == {"socket", "bot"}
    assert "socket" in sys.stdlib_module_names
    assert "socket" not in PURE


NOT_WORDING = {"；", "幢"}
"""Joins the resident's own words; names the buildings of a range, as the format fixes it."""


def _is_wording(text: str) -> bool:
    return bool(re.search("[\u3400-\u9fff\uff00-\uffef]", text))


@pytest.mark.parametrize("file", sorted((ROOT / "flows").rglob("*.py")), ids=lambda f: f.stem)
def test_no_wording_in_the_conversation(file: Path) -> None:
    """What residents hear stands in `locales`; docstrings may quote them."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            quoted = id(node) in docstrings or node.value in NOT_WORDING
            assert quoted or not _is_wording(node.value), f"{file}:{node.lineno} {node.value!r}"
