"""Tickets as files and as e-mail."""

import csv
import io
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import default
from typing import Any

import openpyxl
import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from bot.storage.tables import OutletTicket
from tests.outlets.conftest import Town
from tests.support.service import free_port

Make = Callable[[str], Town]


def test_csv_files_whole_and_harmless(town: Make) -> None:
    here = town("  - {name: files, kind: folder, path: drop, fields: [description]}")
    ticket = here.report("=HYPERLINK(1) 3幢2单元楼道灯坏了")
    here.deliver()
    folder = here.services.settings.home / "drop"
    (file,) = folder.iterdir()
    assert file.name.startswith(ticket.number)
    heading, row = csv.reader(io.StringIO(file.read_bytes().decode("utf-8-sig")))
    told = dict(zip(heading, row, strict=True))
    assert (told["单号"], told["类别"]) == (ticket.number, "路灯照明")
    assert told["什么事"].startswith("'=HYPERLINK")
    assert "电话" not in told


def test_xlsx_files(town: Make) -> None:
    here = town("  - {name: files, kind: folder, path: drop, format: xlsx, fields: [description]}")
    ticket = here.report("=1+1 3幢2单元楼道灯坏了")
    here.deliver()
    (file,) = (here.services.settings.home / "drop").iterdir()
    sheet = openpyxl.load_workbook(file).active
    heading, row = list(sheet.values)
    told = dict(zip(heading, row, strict=True))
    assert told["单号"] == ticket.number
    assert told["什么事"].startswith("=1+1")


def test_a_folder_that_cannot_be_written(town: Make) -> None:
    here = town("  - {name: files, kind: folder, path: /proc/nowhere}")
    here.report("3幢2单元楼道灯坏了")
    here.deliver()
    with here.services.database.read() as session:
        row = session.scalars(select(OutletTicket)).one()
    assert (row.state, "写不进文件夹" in row.error) == ("waiting", True)


class Mailbox:
    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        return self.answer


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    box = Mailbox()
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


@pytest.mark.parametrize(
    ("answer", "state"),
    [("250 OK", "sent"), ("451 later", "waiting"), ("554 no", "failed")],
)
def test_email(town: Make, mailbox: tuple[Mailbox, int], answer: str, state: str) -> None:
    box, port = mailbox
    box.answer = answer
    here = town(
        f"  - {{name: mail, kind: email, host: 127.0.0.1, port: {port}, security: none,"
        " sender: linsheng@example.org, to: [wy@example.org]}"
    )
    ticket = here.report("3幢2单元楼道灯坏了")
    here.deliver()
    (mail,) = box.mails
    assert ticket.number in mail["Subject"]
    assert "路灯照明" in mail.get_content()
    assert mail["Message-ID"].endswith("@example.org>")
    with here.services.database.read() as session:
        assert session.scalars(select(OutletTicket)).one().state == state
