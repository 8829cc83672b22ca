"""`linsheng understand`: what the machine makes of a sentence, as one JSON line each."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typer

from bot.community import read_community
from bot.failure import Failure
from flows.understanding.understand import understand as make_sense

app = typer.Typer()

_ASKED = ("problem", "place", "urgency", "contact", "readback", "verdict", "resume", "filed")


@app.command()
def understand(
    texts: list[str] = typer.Argument(None, help="要理解的话，一句一个；不写就从键盘一行一行读"),
    file: Path | None = typer.Option(
        None, "--file", help='一行一句的 JSON 文件：{"text": "…", "asked": null 或 "place" 等}'
    ),
    community: Path | None = typer.Option(None, "--community", help="社区文件；不写就用演示社区"),
) -> None:
    """看机器怎样理解一句话：一句一行 JSON。

    例：linsheng understand 三幢二单元楼道里的灯不亮了
    """
    known = read_community(community)
    lines = _from_file(file) if file else [(text, None) for text in texts or sys.stdin]
    now = datetime.now(ZoneInfo(known.profile.timezone))
    for text, asked in lines:
        meaning = make_sense(text, asked=asked, community=known, at=now)
        print(json.dumps(meaning.as_json(), ensure_ascii=False), flush=True)


def _from_file(file: Path) -> list[tuple[str, str | None]]:
    """The texts of a JSON-lines file with what was asked before each. Raises `Failure`."""
    try:
        rows = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{file} 读不了（{error}）；请检查文件名，内容要是 UTF-8 文本。") from None
    return [_row(file, at, row) for at, row in enumerate(rows, 1) if row.strip()]


def _row(file: Path, line: int, row: str) -> tuple[str, str | None]:
    try:
        data: Any = json.loads(row)
        text, asked = data["text"], data.get("asked")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Failure(f'{file} 第 {line} 行不对；应写成 {{"text": "…", "asked": null}}。') from None
    if not isinstance(text, str) or asked not in (None, *_ASKED):
        raise Failure(f"{file} 第 {line} 行不对；asked 只能是 null 或 {'、'.join(_ASKED)}。")
    return text, asked
