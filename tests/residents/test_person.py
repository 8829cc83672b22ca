"""`linsheng export` and `linsheng erase`, on what residents really said."""

import io
import json
import sqlite3
import wave
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text, update

from bot.channels.wechat.ledger import Ledger
from bot.channels.wechat.message import Message
from bot.cli import main
from bot.services import Services
from bot.storage.tables import ConversationRow, Outgoing, Recording, Resident, Ticket, TicketEvent
from bot.tickets.change_state import change_state
from bot.tickets.correct import correct
from flows.heard import HeardKind
from tests.support.talking import Resident as Talker
from tests.support.talking import caller, follower

Run = Callable[..., int]
SPOKEN = b"\x00\x10" * 4000
PHONE, OPENID, NEIGHBOUR = "13800001234", "oMyself-1", "13911112222"


@pytest.fixture
def run(services: Services, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Run:
    def go(*words: object) -> int:
        monkeypatch.setenv("LINSHENG_HOME", str(services.settings.home))
        monkeypatch.setenv("LINSHENG_DATABASE_URL", database_url)
        monkeypatch.setenv("LINSHENG_SECRET_KEY", "a secret for tests only")
        monkeypatch.setattr("sys.argv", ["linsheng", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0)

    return go


@dataclass
class Lived:
    number: str
    draft: str
    recording: str
    chat: str
    neighbour: str


@pytest.fixture
def lived(services: Services) -> Lived:
    """A call with a ticket under way, a chat that gave the same number, an unfinished call; and a
    neighbour."""
    recording = services.recordings.start("call-1", "audio/l16;rate=8000")
    recording.write(SPOKEN)
    recording.close()
    number = _call(caller(services), "三幢二单元501的楼道灯坏了我是王秀英", recording.id)
    with services.database.begin() as session:
        change_state(session, number, "in_progress", "王师傅", "我是小王，明天来您家")
    chat = follower(services, OPENID)
    said = chat.says("五幢一单元电梯坏了").ticket
    assert said
    with services.database.begin() as session:
        correct(session, said.number, "小陈", services.community, phone=PHONE)
        session.execute(update(Resident).where(Resident.channel == "wechat").values(phone=PHONE))
    draft = caller(services).says("垃圾没人收", conversation="unfinished").ticket
    assert draft
    neighbour = _call(caller(services, NEIGHBOUR), "六幢一单元漏水了")
    with services.database.begin() as session:
        session.execute(update(ConversationRow).values(live=False))
        correct(session, neighbour, "小陈", services.community, phone=PHONE)
    return Lived(number, draft.number, recording.id, said.number, neighbour)


def _call(talker: Talker, words: str, recording: str | None = None) -> str:
    """Number of the ticket it ended with."""
    call = talker.take(HeardKind.OPENED).conversation
    talker.says(words, conversation=call, recording=recording)
    ticket = talker.says("对", conversation=call).ticket
    assert ticket
    talker.take(HeardKind.ENDED, conversation=call)
    return ticket.number


@pytest.mark.parametrize("who", [PHONE, "+86 138-0000-1234"])
def test_all_they_gave_is_there_to_take_away(
    run: Run, lived: Lived, tmp_path: Path, who: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "王秀英.zip"
    assert run("export", who, "-o", file) == 0
    assert "电话、微信" in capsys.readouterr().out
    assert file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        files = {name: archive.read(name) for name in names}
    themselves = json.loads(files["本人.json"])
    assert {one["address"] for one in themselves} == {PHONE, OPENID}
    ticket = json.loads(files[f"工单/{lived.number}.json"])
    assert "楼道灯坏了" in ticket["description"]
    assert [event["kind"] for event in ticket["history"]][-1] == "state"
    assert {f"工单/{n}.json" for n in (lived.chat, lived.draft)} <= files.keys()
    assert json.loads(files[f"工单/{lived.neighbour}.json"]).keys() == {"number", "phone", "name"}
    said = "".join(data.decode() for name, data in files.items() if name.endswith(".txt"))
    assert "本人：三幢二单元501的楼道灯坏了" in said
    assert "漏水" not in said
    (sound,) = [data for name, data in files.items() if name.endswith(".wav")]
    with wave.open(io.BytesIO(sound)) as opened:
        assert (opened.getframerate(), opened.readframes(9999)) == (8000, SPOKEN)


def test_a_folder_will_do_and_nothing_is_overwritten(
    run: Run, lived: Lived, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    assert run("export", OPENID, "-o", folder) == 0
    assert (folder / "本人.json").exists()
    assert run("export", OPENID, "-o", folder) == 1
    assert "已经有了" in capsys.readouterr().err


def test_nothing_of_the_person_is_left_and_the_tickets_are(
    run: Run, lived: Lived, services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    file = services.settings.home / "recordings" / lived.recording[:2] / lived.recording
    assert file.exists()
    with services.database.read() as session:
        old = session.scalars(select(Ticket).where(Ticket.number == lived.number)).one()
    message = Message(openid=OPENID, account="gh_1", kind="text", created=1, msg_id="77")
    Ledger(services.database).receive([message])
    assert run("erase", PHONE, "--yes") == 0
    out = capsys.readouterr().out
    assert lived.number in out  # still under way
    assert "草稿 1 件" in out
    assert "另有 1 件别人的工单" in out
    assert not file.exists()
    with services.database.read() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == lived.number)).one()
        assert (ticket.state, ticket.category) == ("in_progress", "lighting")
        assert (ticket.place, ticket.place_id) == ("3幢2单元", "hm/3/2")
        assert ticket.token != old.token
        assert session.scalars(select(Ticket.number)).all().count(lived.draft) == 0
        assert session.scalars(select(Resident.address)).all() == [NEIGHBOUR]
        assert session.scalars(select(Recording.id)).all() == []
        kinds = session.scalars(
            select(TicketEvent.kind).where(TicketEvent.ticket_id == ticket.id)
        ).all()
        assert {"filed", "state", "erased"} <= set(kinds)
        neighbour = session.scalars(select(Ticket).where(Ticket.number == lived.neighbour)).one()
        assert neighbour.phone == ""
        assert "漏水" in neighbour.description
    for word in ("501的", "王秀英", "我是小王", "楼道灯坏了", "电梯坏了", "垃圾", PHONE, OPENID):
        assert _mentions(services, word) == [], word
    assert run("erase", PHONE, "--yes") == 1
    assert "没有 13800001234 的资料" in capsys.readouterr().err


def _mentions(services: Services, word: str) -> list[str]:
    """Every decrypted cell of every table with the word in it."""
    with services.database.read() as session:
        return [
            f"{mapper.class_.__tablename__}.{column.key}"
            for mapper in Ticket.registry.mappers
            for row in session.scalars(select(mapper.class_))
            for column in inspect(mapper.class_).columns
            if word in str(getattr(row, column.key))
        ]


def test_what_is_left_works_on(run: Run, lived: Lived, services: Services) -> None:
    """The ticket is done and closed without anybody to tell, and who calls again is new."""
    assert run("erase", PHONE, "--yes") == 0
    with services.database.begin() as session:
        change_state(session, lived.number, "resolved", "王师傅", "修好了")
    with services.database.read() as session:
        assert session.scalars(select(Outgoing).where(Outgoing.kind == "notice")).all() == []
    answer = caller(services).says("灯修得怎么样了")
    assert lived.number not in answer.text
    assert caller(services, NEIGHBOUR).says(f"查一下{lived.number}").text


def test_nobody_is_erased_in_the_middle_of_a_call(
    run: Run, services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    caller(services).take(HeardKind.OPENED)
    assert run("erase", PHONE, "--yes") == 1
    assert "正在通话" in capsys.readouterr().err
    with services.database.read() as session:
        assert session.scalars(select(Resident.address)).all() == [PHONE]


def test_erasing_asks_first(
    run: Run, lived: Lived, services: Services, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert run("erase", OPENID) == 1
    assert "没有删除" in capsys.readouterr().err
    with services.database.read() as session:
        assert OPENID in session.scalars(select(Resident.address)).all()


def test_sqlite_keeps_nothing_of_it_in_its_files(
    run: Run, services: Services, database_url: str
) -> None:
    """Neither in free pages nor in the log: the encrypted words are gone, too."""
    if not database_url.startswith("sqlite"):
        pytest.skip("SQLite's files")
    follower(services, OPENID).says("三幢二单元楼道灯坏了")
    path = services.settings.home / "linsheng.db"
    with closing(sqlite3.connect(path)) as connection:
        (words,) = connection.execute("SELECT heard FROM turns").fetchone()
    files = [path, path.with_name("linsheng.db-wal")]
    assert any(words[:200] in file.read_bytes() for file in files)
    assert run("erase", OPENID, "--yes") == 0
    assert not any(words[:200] in file.read_bytes() for file in files if file.exists())
    with services.database.read() as session:
        assert session.execute(text("SELECT count(*) FROM turns")).scalar_one() == 0
