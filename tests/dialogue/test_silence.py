"""Who says nothing any more is not hung up on without a sentence and a way back."""

from bot.services import Services
from flows.heard import HeardKind
from tests.support.talking import caller


def test_a_call_that_fell_silent_is_gone_on_with_at_the_next(services: Services) -> None:
    resident = caller(services)
    call = resident.take(HeardKind.OPENED).conversation
    resident.says("三幢二单元楼道灯坏了", conversation=call)
    said = [resident.take(HeardKind.SILENCE, conversation=call) for _ in range(4)]
    assert [answer.done for answer in said] == [False, False, False, True]
    assert len({answer.speech for answer in said}) == 4
    assert "按一" in said[1].text
    assert "按零" in said[2].text
    assert "再见" in said[3].text
    resident.take(HeardKind.ENDED, conversation=call)
    again = resident.take(HeardKind.OPENED)
    assert again.step == "resume"
    assert again.slots == said[3].slots
