"""How a resident pauses is learned from their own calls, step by step; what is old is forgotten."""

from bot.residents.pauses import remember_pauses, usual_pause
from bot.services import Services
from bot.storage.tables import Resident
from flows.conversation import StepName
from flows.heard import HeardKind
from tests.support.talking import caller


def test_what_a_call_heard_is_known_in_the_next(services: Services) -> None:
    resident = caller(services, "13800001234")
    call = resident.take(HeardKind.OPENED)
    assert call.usual_pause is None
    first = resident.says("你好", conversation=call.conversation, pauses=(0.5, 1.4, 1.5))
    assert first.usual_pause is None
    second = resident.says("你好", conversation=call.conversation, pauses=(1.3, 1.5, 0.6))
    assert second.usual_pause == 1.5
    resident.take(HeardKind.ENDED, conversation=call.conversation)
    assert resident.take(HeardKind.OPENED).usual_pause == 1.5
    assert caller(services, "13900001234").take(HeardKind.OPENED).usual_pause is None


def test_a_step_has_its_own_and_else_all_of_them_count() -> None:
    resident = Resident()
    remember_pauses(resident, StepName.PROBLEM, [2.0] * 6)
    assert usual_pause(resident, StepName.READBACK) == 2.0
    remember_pauses(resident, StepName.READBACK, [0.5] * 6)
    assert usual_pause(resident, StepName.READBACK) == 0.5
    assert usual_pause(resident, StepName.PROBLEM) == 2.0


def test_one_odd_pause_is_no_habit_and_old_ones_are_forgotten() -> None:
    resident = Resident()
    remember_pauses(resident, StepName.PROBLEM, [0.5] * 11 + [3.9, 60.0])
    assert usual_pause(resident, StepName.PROBLEM) == 0.5
    for _ in range(10):
        remember_pauses(resident, StepName.PROBLEM, [1.0] * 10)
    assert resident.pauses is not None
    assert len(resident.pauses["problem"]) == 24
