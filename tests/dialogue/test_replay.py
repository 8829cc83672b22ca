from copy import deepcopy

import pytest
from sqlalchemy import select

from bot.dialogue.replay import ConversationMissing, replay
from bot.services import Services
from bot.storage.tables import TurnRow
from flows.heard import HeardKind
from tests.support.talking import caller, follower


def _conversation(services: Services) -> str:
    resident = caller(services)
    call = resident.take(HeardKind.OPENED).conversation
    for text in (
        "慢一点",
        "三幢二单元楼道灯坏了",
        "不对，是四单元",
        "再说一遍",
        "对",
        "查一下572005",
    ):
        resident.says(text, conversation=call)
    resident.take(HeardKind.KEY, pressed="0", conversation=call)
    resident.take(HeardKind.ENDED, conversation=call)
    return call


def test_a_conversation_comes_out_the_same(services: Services) -> None:
    call = _conversation(services)
    with services.database.read() as session:
        result = replay(session, call, services.community)
    assert result.differences == ()
    assert (result.conversation, result.turns) == (call, 9)


def test_it_is_found_by_its_ticket_too(services: Services) -> None:
    answer = follower(services).says("三幢二单元楼道灯坏了")
    assert answer.ticket
    with services.database.read() as session:
        result = replay(session, answer.ticket.number, services.community)
    assert (result.conversation, result.turns) == (answer.conversation, 1)


def test_a_difference_is_told_where_it_is_and_only_there(services: Services) -> None:
    call = _conversation(services)
    with services.database.begin() as session:
        row = session.scalars(select(TurnRow).where(TurnRow.seq == 2)).one()
        turns = deepcopy(row.turn["turns"])
        turns[0]["conversation"]["report"]["place"]["building"] = "9幢"
        row.turn = {"turns": turns}
    with services.database.read() as session:
        found = replay(session, call, services.community).differences
    assert ("conversation.report.place.building", "9幢", "3幢") in [
        (d.field, d.stored, d.replayed) for d in found if d.turn == 3
    ]


def test_what_cannot_be_read_is_a_difference(services: Services) -> None:
    call = _conversation(services)
    with services.database.begin() as session:
        row = session.scalars(select(TurnRow).where(TurnRow.seq == 1)).one()
        row.turn = {"turns": [{"say": "?"}]}
    with services.database.read() as session:
        (difference,) = replay(session, call, services.community).differences
    assert difference.turn == 2
    assert "unreadable" in str(difference.replayed)


def test_an_unknown_one_is_missing(services: Services) -> None:
    with services.database.read() as session, pytest.raises(ConversationMissing):
        replay(session, "572005", services.community)
