"""One turn, one commit: on SQLite and on PostgreSQL."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.dialogue.answer import Answer
from bot.services import Services
from bot.storage.tables import Base, ConversationRow, Recording, Resident, Ticket, TurnRow
from bot.tickets.change import change_state
from flows.channel import Channel
from flows.effects import Pace
from flows.heard import HeardKind
from flows.ticket_number import is_ticket_number
from tests.support.services import Clock, make_services
from tests.support.talking import caller, follower

LAMP = "三幢二单元楼道灯坏了"


def _count(services: Services, table: type) -> int:
    with services.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def _file_by_phone(services: Services, number: str = "13800001234") -> Answer:
    resident = caller(services, number)
    call = resident.take(HeardKind.OPENED).conversation
    answer = resident.says(LAMP, conversation=call)
    for _ in range(4):
        if answer.ticket and answer.ticket.state == "open":
            break
        answer = resident.says("对", conversation=call)
    assert answer.ticket
    assert answer.ticket.state == "open"
    resident.take(HeardKind.ENDED, conversation=call)
    return answer


def test_a_call_becomes_an_open_ticket(services: Services) -> None:
    answer = _file_by_phone(services)
    assert answer.ticket
    assert is_ticket_number(answer.ticket.number)
    assert answer.ticket.url.startswith("http://127.0.0.1:8000/t/")
    with services.database.read() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert (ticket.category, ticket.place_id, ticket.organisation, ticket.channel) == (
            "lighting", "hm/3/2", "wy", "phone",
        )  # fmt: skip
        assert ticket.phone == "13800001234"
        assert LAMP in ticket.description


def test_a_wechat_report_is_filed_in_one_turn_with_number_and_link(services: Services) -> None:
    answer = follower(services).says(LAMP)
    assert answer.ticket
    assert answer.ticket.state == "open"
    assert answer.ticket.number in answer.text
    assert answer.ticket.url in answer.text


def test_the_same_key_is_done_once_and_answered_the_same(services: Services) -> None:
    resident = follower(services)
    first = resident.says(LAMP, key="msg-1")
    again = resident.says(LAMP, key="msg-1")
    assert again == first.model_copy(update={"repeated": True})
    assert not first.repeated
    assert _count(services, Ticket) == _count(services, TurnRow) == 1


def test_a_key_of_any_length_works(services: Services) -> None:
    resident = follower(services)
    first = resident.says(LAMP, key="k" * 5000)
    assert resident.says(LAMP, key="k" * 5000).repeated
    assert not resident.says(LAMP, key="k" * 4999).repeated
    assert first.ticket


@pytest.mark.parametrize(
    "text", ["\x00灯坏了", "灯\ud800坏了", "", "灯" * 5000, "'; DROP TABLE tickets"]
)
def test_any_text_is_answered(services: Services, text: str) -> None:
    assert follower(services).says(text).text


def test_a_dropped_call_is_gone_on_with(services: Services) -> None:
    resident = caller(services)
    call = resident.take(HeardKind.OPENED).conversation
    cut = resident.says(LAMP, conversation=call)
    resident.take(HeardKind.ENDED, conversation=call)
    assert cut.ticket
    assert cut.ticket.state == "draft"
    again = resident.take(HeardKind.OPENED)
    assert (again.conversation, again.step) == (call, "resume")
    assert again.slots["words"] == [LAMP]
    resident.says("好的", conversation=call)
    filed = resident.says("对", conversation=call)
    assert filed.ticket
    assert (filed.ticket.number, filed.ticket.state) == (cut.ticket.number, "open")


def test_what_is_finished_is_not_gone_on_with(services: Services) -> None:
    filed = _file_by_phone(services)
    again = caller(services).take(HeardKind.OPENED)
    assert again.conversation != filed.conversation
    assert again.step == "opening"


def test_a_second_call_from_the_same_number_is_its_own(services: Services) -> None:
    resident = caller(services)
    first = resident.take(HeardKind.OPENED)
    second = resident.take(HeardKind.OPENED)
    assert first.conversation != second.conversation
    lamp = resident.says(LAMP, conversation=first.conversation)
    lift = resident.says("五幢一单元电梯停了", conversation=second.conversation)
    assert lamp.slots["category"] != lift.slots["category"]
    assert lamp.ticket
    assert lift.ticket
    assert lamp.ticket.number != lift.ticket.number


def test_withheld_numbers_are_nobody_and_keep_apart(services: Services) -> None:
    unknown = caller(services, "")
    first, second = unknown.take(HeardKind.OPENED), unknown.take(HeardKind.OPENED)
    assert first.conversation != second.conversation
    assert unknown.says(LAMP, conversation=first.conversation).ticket
    assert _count(services, Resident) == 0


def test_nobody_gets_into_another_ones_conversation(services: Services) -> None:
    mine = follower(services).says("三幢二单元")
    other = follower(services, "oSomebodyElse").says("灯坏了", conversation=mine.conversation)
    assert other.conversation != mine.conversation
    assert other.slots["place"] is None


def test_who_fell_silent_in_the_middle_goes_on_at_the_next_call(services: Services) -> None:
    resident = caller(services)
    call = resident.take(HeardKind.OPENED).conversation
    resident.says("电梯坏了", conversation=call)
    for _ in range(4):
        answer = resident.take(HeardKind.SILENCE, conversation=call)
    assert answer.done
    again = resident.take(HeardKind.OPENED)
    assert (again.conversation, again.step) == (call, "resume")


def test_who_wanted_to_stop_begins_anew_at_the_next_call(services: Services) -> None:
    resident = caller(services)
    call = resident.take(HeardKind.OPENED).conversation
    resident.says("电梯坏了", conversation=call)
    assert resident.says("算了", conversation=call).done
    assert resident.take(HeardKind.OPENED).step == "opening"


def test_a_name_that_is_no_identifier_is_refused(services: Services) -> None:
    with pytest.raises(ValueError, match="identifier"):
        follower(services).says("灯坏了", conversation="../../x y")
    assert _count(services, ConversationRow) == 0


def test_the_resident_is_known_by_a_hash_and_their_pace_is_kept(services: Services) -> None:
    resident = caller(services)
    call = resident.take(HeardKind.OPENED).conversation
    assert resident.says("慢一点", conversation=call).pace is Pace.SLOW
    resident.take(HeardKind.ENDED, conversation=call)
    assert resident.take(HeardKind.OPENED).pace is Pace.SLOW
    assert caller(services, "13900005678").take(HeardKind.OPENED).pace is Pace.NORMAL


def test_the_status_of_an_own_ticket_is_told(services: Services) -> None:
    filed = _file_by_phone(services)
    assert filed.ticket
    resident = caller(services)
    call = resident.take(HeardKind.OPENED).conversation
    told = resident.says("我报的灯修得怎么样了", conversation=call)
    assert "灯" in told.text
    assert told.step == "status"


def test_a_ticket_is_found_by_its_number_and_a_strangers_words_stay_his(services: Services) -> None:
    answer = follower(services).says("三幢二单元501室漏水，我姓李")
    assert answer.ticket
    number = answer.ticket.number
    own = follower(services).says(f"查一下{number}")
    other = follower(services, "oSomebodyElse").says(f"查一下{number}")
    assert number in own.text
    assert answer.ticket.url in own.text
    assert number in other.text
    assert answer.ticket.url not in other.text
    assert "501" not in other.text
    none = follower(services).says("查一下572005")
    assert none.text


def test_the_verdict_closes_and_reopens(services: Services) -> None:
    filed = follower(services).says(LAMP).ticket
    assert filed
    with services.database.begin() as session:
        change_state(session, filed.number, "resolved", "王师傅", "换了灯泡")
    resident = follower(services)
    assert "换了灯泡" in resident.says("我报的灯修好了吗").text
    resident.says("好了，修好了")
    assert _state(services, filed.number) == "closed"


def _state(services: Services, number: str) -> str:
    with services.database.read() as session:
        return session.scalars(select(Ticket.state).where(Ticket.number == number)).one()


def test_how_far_a_recording_was_heard_is_kept_in_the_same_commit(services: Services) -> None:
    writer = services.recordings.start("call-1", "audio/l16;rate=8000")
    resident = caller(services)
    opened = resident.take(HeardKind.OPENED, recording=writer.id)
    resident.says(LAMP, conversation=opened.conversation, recording=writer.id, heard_until=4.5)
    with services.database.read() as session:
        row = session.get_one(Recording, writer.id)
        assert (row.conversation_id, row.heard_until) == (opened.conversation, 4.5)
    writer.close()


def test_the_last_answer_can_be_had_again(services: Services) -> None:
    assert services.dialogue.latest(Channel.WECHAT, "oAbCdEf") is None
    follower(services).says("灯坏了")
    last = follower(services).says("三幢二单元")
    assert services.dialogue.latest(Channel.WECHAT, "oAbCdEf") == last
    assert services.dialogue.latest(Channel.DESK, "oAbCdEf") is None


def test_no_number_and_no_name_in_the_database_or_the_log(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    _file_by_phone(services, "13812345678")
    follower(services, "oPrivate-OpenId").says("三幢二单元楼道灯坏了，我电话13987654321")
    private = [b"13812345678", b"13987654321", b"oPrivate-OpenId", LAMP.encode()]
    stored = _everything(services)
    assert "3幢2单元".encode() in stored, "what may lie in clear is seen by this test"
    assert not [word for word in private if word in stored + caplog.text.encode()]


def _everything(services: Services) -> bytes:
    """All bytes the database keeps."""
    if services.database.engine.dialect.name == "sqlite":
        files = [path for path in services.settings.home.rglob("*") if path.is_file()]
        return b"".join(path.read_bytes() for path in files)
    data = b""
    with services.database.engine.connect() as connection:
        for table in Base.metadata.tables:
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}"):
                data += b"|".join(v if isinstance(v, bytes) else str(v).encode() for v in row)
    return data


@pytest.mark.parametrize(
    ("hours", "minutes", "step"), [(25, 0, "opening"), (23, 0, "resume")]
)  # fmt: skip
def test_a_day_later_it_is_over(tmp_path: Path, hours: int, minutes: int, step: str) -> None:
    clock = Clock()
    services = make_services(tmp_path, clock=clock)
    resident = caller(services)
    call = resident.take(HeardKind.OPENED).conversation
    resident.says(LAMP, conversation=call)
    resident.take(HeardKind.ENDED, conversation=call)
    clock.at += timedelta(hours=hours, minutes=minutes)
    assert resident.take(HeardKind.OPENED).step == step


def test_a_call_that_never_ended_is_over_after_minutes(tmp_path: Path) -> None:
    clock = Clock()
    services = make_services(tmp_path, clock=clock)
    resident = caller(services)
    call = resident.take(HeardKind.OPENED).conversation
    resident.says(LAMP, conversation=call)
    clock.at += timedelta(minutes=2)
    assert resident.take(HeardKind.OPENED).step == "opening"
    clock.at += timedelta(minutes=2)
    assert resident.take(HeardKind.OPENED).conversation == call


@pytest.mark.parametrize(
    ("at", "extension", "transfer"),
    [
        ("2026-11-23T09:00+08:00", "sip:8001@127.0.0.1", True),
        ("2026-11-23T22:00+08:00", "sip:8001@127.0.0.1", False),
        ("2026-11-22T09:00+08:00", "sip:8001@127.0.0.1", False),
        ("2026-11-23T09:00+08:00", "", False),
    ],
)
def test_a_person_is_called_within_working_hours(
    tmp_path: Path, at: str, extension: str, transfer: bool
) -> None:
    clock = Clock(datetime.fromisoformat(at).astimezone(UTC))
    services = make_services(tmp_path, clock=clock, human_extension=extension)
    resident = caller(services)
    call = resident.take(HeardKind.OPENED).conversation
    answer = resident.take(HeardKind.KEY, pressed="0", conversation=call)
    assert answer.transfer is transfer
    if transfer:
        answer = resident.take(HeardKind.NO_PERSON, conversation=call)
        assert not answer.transfer
    with services.database.read() as session:
        assert session.scalars(select(Ticket.callback)).one() == "asked"
