"""A mistake in `outlets:` is one clear line at start, with the file and the line."""

from pathlib import Path

import pytest

from bot.outlets.mapping import Mapping, MappingError
from locales.load import DEMO, HERE
from tests.outlets.conftest import failure

LINE = DEMO.read_text(encoding="utf-8").splitlines().index("outlets: []") + 1


@pytest.mark.parametrize(
    ("outlets", "line", "says"),
    [
        ("  - {name: a, kind: pigeon}", 1, "kind"),
        ("  - {name: a}", 1, "kind"),
        ("  - name: a\n    kind: console\n    colour: red", 3, "没有这一项"),
        ("  - name: a\n    kind: console\n    fields: [address]", 3, "只能是"),
        ("  - name: a\n    kind: console\n    tickets: {categories: [lamp]}", 3, "lamp"),
        ("  - name: a\n    kind: console\n    tickets:\n      organisations: [xx]", 4, "xx"),
        ("  - name: a\n    kind: webhook\n    url: ftp://x\n    secret: {env: S}", 3, "http"),
        ("  - name: a\n    kind: webhook\n    url: http://x\n    secret: plain", 4, "密钥"),
        ("  - {name: a, kind: console}\n  - name: a\n    kind: console", 2, "两次"),
        ("  - name: a b\n    kind: console", 1, "name"),
        ("  - name: a\n    kind: email\n    host: h\n    sender: x\n    to: [a@b]", 4, "sender"),
    ],
)
def test_mistakes(tmp_path: Path, outlets: str, line: int, says: str) -> None:
    message = failure(tmp_path, outlets)
    assert "community.yaml" in message
    assert f"第 {LINE + line} 行" in message
    assert says in message
    assert "\n" not in message


WEBHOOK = "  - name: a\n    kind: webhook\n    url: http://x\n    secret: {env: CITY_SECRET}\n"


@pytest.mark.parametrize(
    ("mapping", "line", "says"),
    [
        ('{\n  "a": {{ number | tojson }\n}', 2, "写法"),
        ('{\n  "a": {{ phone | tojson }}\n}', 2, "phone"),
        ('{\n  "a": "{{ event.text }}"\n}', 2, "tojson"),
        ('{\n  "a": {{ ().__class__ }}\n}', 2, "算不出来"),
        ('{\n  "a":\n  {{ 1 // 0 }}\n}', 3, "算不出来"),
    ],
)
def test_a_mapping_with_an_error_is_found_at_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mapping: str, line: int, says: str
) -> None:
    monkeypatch.setenv("CITY_SECRET", "s")
    (tmp_path / "m.j2").write_text(mapping, encoding="utf-8")
    message = failure(tmp_path, WEBHOOK + "    mapping_file: m.j2\n")
    assert f"m.j2: 第 {line} 行" in message
    assert says in message
    block = "".join(f"      {part}\n" for part in mapping.splitlines())
    message = failure(tmp_path, WEBHOOK + "    mapping: |\n" + block)
    assert f"community.yaml: 第 {LINE + 5 + line} 行" in message


def test_secrets_that_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CITY_SECRET", raising=False)
    assert "CITY_SECRET" in failure(tmp_path, WEBHOOK)
    outlets = WEBHOOK.replace("env: CITY_SECRET", f"file: {tmp_path}/none")
    assert "读不了" in failure(tmp_path, outlets)


@pytest.mark.parametrize(
    ("name", "fields"), [("city_management", ("place", "description")), ("cockpit", ())]
)
def test_the_example_mappings_work(name: str, fields: tuple[str, ...]) -> None:
    source = (HERE / "zh_CN" / "mappings" / f"{name}.json.j2").read_text(encoding="utf-8")
    Mapping(source, fields)
    if fields:
        with pytest.raises(MappingError, match="fields"):
            Mapping(source, ())
