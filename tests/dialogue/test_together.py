"""Many at once: threads and processes, the same input and different ones."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from bot.services import Services
from bot.storage.tables import ConversationRow, Resident, Ticket, TurnRow
from flows.heard import HeardKind
from tests.support.services import make_services
from tests.support.talking import caller, follower

MEAL = "三幢二单元501室老人要人送饭"
"""A matter of one's own: a lamp would be asked about as a neighbour's."""


def _counts(services: Services) -> tuple[int, ...]:
    with services.database.read() as session:
        return tuple(
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Ticket, TurnRow, ConversationRow, Resident)
        )


def test_three_deliveries_at_once_make_one_ticket(services: Services) -> None:
    for n in range(5):
        resident = follower(services, f"o{n}")
        inbound = resident.inbound(HeardKind.TEXT, MEAL, key=f"msg-{n}")
        with ThreadPoolExecutor(3) as pool:
            answers = list(pool.map(services.dialogue.take, [inbound] * 3))
        assert sorted(answer.repeated for answer in answers) == [False, True, True]
        assert len({answer.text for answer in answers}) == 1
    assert _counts(services) == (5, 5, 5, 5)


def test_two_processes_that_get_the_same_message_do_it_once(
    services: Services,
) -> None:
    """A second engine on the same database is what a second process has."""
    url = services.settings.database
    other = make_services(services.settings.home, database_url=url)
    inbound = follower(services).inbound(HeardKind.TEXT, MEAL, key="msg-1")
    with ThreadPoolExecutor(6) as pool:
        takes = [services.dialogue.take, other.dialogue.take] * 3
        answers = list(pool.map(lambda take: take(inbound), takes))
    assert sorted(answer.repeated for answer in answers) == [False] + [True] * 5
    assert _counts(services) == (1, 1, 1, 1)
    other.database.close()


def test_a_withheld_callers_key_is_done_once(services: Services) -> None:
    inbound = caller(services, "").inbound(HeardKind.SPEECH, MEAL, key="call-1:1")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(services.dialogue.take, [inbound] * 4))
    assert [answer.repeated for answer in answers].count(False) == 1
    assert _counts(services)[:3] == (1, 1, 1)


def test_different_inputs_of_one_resident_follow_one_another(services: Services) -> None:
    resident = follower(services)
    texts = ["灯坏了", "三幢二单元", "急", "我姓李", "谢谢", "灯坏了"]
    inbounds = [resident.inbound(HeardKind.TEXT, text) for text in texts]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(services.dialogue.take, inbounds))
    with services.database.read() as session:
        for row in session.scalars(select(ConversationRow)):
            query = select(TurnRow.seq).where(TurnRow.conversation_id == row.id)
            assert sorted(session.scalars(query)) == list(range(row.turns))
    assert _counts(services)[1] == len(texts)
    assert _counts(services)[3] == 1


def test_twenty_residents_at_once(services: Services) -> None:
    def report(n: int) -> str:
        answer = follower(services, f"o{n}").says(MEAL)
        assert answer.ticket
        return answer.ticket.number

    with ThreadPoolExecutor(20) as pool:
        numbers = list(pool.map(report, range(40)))
    assert len(set(numbers)) == 40
    assert _counts(services) == (40, 40, 40, 40)
