"""A drop folder: one CSV or XLSX file for each event, put there in one step."""

import csv
import io
import os
import re
import secrets
from pathlib import Path
from typing import Any, Literal

import xlsxwriter

from bot.followup.outcome import Retry
from bot.outlets.protocol import Message, Receipt
from bot.pages.words import page_words

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that starts so is calculated by spreadsheets: a resident's words must stay words.
Source: https://owasp.org/www-community/attacks/CSV_Injection"""


class FolderAdapter:
    """Files are named by ticket and event: the same message again replaces its own file."""

    def __init__(self, folder: Path, form: Literal["csv", "xlsx"]) -> None:
        self._folder = folder
        self._form = form

    def send(self, message: Message) -> Receipt | Retry:
        row = flat(message.record)
        name = f"{row['number']}-{row['event_id']}.{self._form}"
        data = _xlsx(row) if self._form == "xlsx" else _csv(row)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _write(self._folder / name, data)
        except OSError as error:
            return Retry(f"写不进文件夹 {self._folder}：{error.strerror}")
        return Receipt(text=name)


def flat(record: dict[str, Any]) -> dict[str, str]:
    """A record as one row; the event's fields as `event_…`.

    >>> flat({"number": "572005", "event": {"id": 3}})
    {'number': '572005', 'event_id': '3'}
    """
    event = {f"event_{name}": value for name, value in record["event"].items()}
    whole = {**{k: v for k, v in record.items() if k != "event"}, **event}
    return {name: str(value) for name, value in whole.items()}


def headings(row: dict[str, str]) -> list[str]:
    names: dict[str, str] = page_words()["outlets"]["columns"]
    return [names.get(name, name) for name in row]


def _csv(row: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(headings(row))
    writer.writerow([f"'{v}" if v.startswith(_FORMULA) else v for v in row.values()])
    return text.getvalue().encode("utf-8-sig")


def _xlsx(row: dict[str, str]) -> bytes:
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for column, (heading, value) in enumerate(zip(headings(row), row.values(), strict=True)):
            # XML, and with it XLSX, cannot hold control characters.
            plain = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "", value)
            sheet.write_string(0, column, heading)
            sheet.write_string(1, column, plain)
    return data.getvalue()


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, also against a power cut: whoever collects files sees no half ones."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
