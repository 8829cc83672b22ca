"""What a volunteer sets right while the call runs shows in what is said next, and only there."""

from typing import Any

from flows.channel import Channel
from flows.conversation import Conversation, StepName, Turn
from flows.effects import AmendTicket, CallPerson, FileTicket, SaveDraft, SetRight
from flows.heard import Fix, Heard, HeardKind, Known, Slot
from flows.step import begin, step
from flows.steps.fixed import answered
from locales.load import load_community
from tests.flows.conftest import AT

COMMUNITY = load_community()
KNOWN = Known(phone="13800001234")


class Call:
    """A call, and a volunteer who listens in."""

    def __init__(self, known: Known = KNOWN) -> None:
        self.now: Conversation = begin("c", Channel.PHONE)
        self.known = known

    def hears(self, kind: HeardKind, text: str = "", **more: Any) -> Turn:
        heard = Heard(kind=kind, text=text, at=AT, number="572005", known=self.known, **more)
        turn = step(self.now, heard, COMMUNITY)
        self.now = turn.conversation
        return turn

    def says(self, text: str) -> Turn:
        return self.hears(HeardKind.SPEECH, text)

    def fixes(self, slot: Slot, text: str, was: str = "") -> Turn:
        return self.hears(HeardKind.FIXED, text, fix=Fix(slot=slot, by="小陈", was=was))

    def at(self, step: StepName) -> bool:
        return self.now.step is step

    @property
    def place(self) -> str | None:
        return self.now.report.place.id if self.now.report.place else None


def _keys(turn: Turn) -> list[str]:
    return [prompt.key for prompt in turn.say]


def test_a_place_set_right_is_not_asked_for_and_is_what_is_read_back() -> None:
    call = Call()
    call.says("楼道里的灯坏了")
    assert call.at(StepName.PLACE)
    fixed = call.fixes(Slot.PLACE, "3幢2单元")
    assert fixed.say == ()
    (effect,) = fixed.effects
    assert isinstance(effect, SetRight)
    assert (effect.by, effect.number, effect.report.place and effect.report.place.id) == (
        "小陈", "572005", "hm/3/2",
    )  # fmt: skip
    assert answered(call.now)
    turn = call.says("三栋啊单元")  # misheard once more
    assert call.at(StepName.READBACK)
    assert dict(turn.say[-1].values)["place"] == "3幢2单元"
    assert not answered(call.now)
    filed = call.says("对")
    assert any(isinstance(e, FileTicket) and e.report.place for e in filed.effects)
    assert call.place == "hm/3/2"


def test_nobody_is_kept_waiting_for_what_is_settled() -> None:
    for kind in (HeardKind.GO_ON, HeardKind.SILENCE, HeardKind.UNCLEAR):
        call = Call()
        call.says("楼道里的灯坏了")
        call.fixes(Slot.PLACE, "hm/3/2")
        call.hears(kind)
        assert call.at(StepName.READBACK), kind
        assert call.place == "hm/3/2"


def test_a_yes_to_a_read_back_that_is_out_of_date_confirms_nothing() -> None:
    call = Call()
    call.says("三幢四单元楼道灯坏了")
    call.says("三幢四单元")
    while not call.at(StepName.READBACK):
        call.says("就是那里")
    call.fixes(Slot.PLACE, "3幢1单元")
    turn = call.says("对")
    assert call.at(StepName.READBACK)
    assert not any(isinstance(e, FileTicket) for e in turn.effects)
    assert dict(turn.say[-1].values)["place"] == "3幢1单元"
    call.says("对")
    assert (call.now.filed, call.place) == (True, "hm/3/1")


def test_repeat_does_not_repeat_what_was_wrong() -> None:
    call = Call()
    call.says("三幢二单元楼道灯坏了")
    assert call.at(StepName.READBACK)
    call.fixes(Slot.PLACE, "3幢1单元")
    turn = call.says("再说一遍")
    assert dict(turn.say[-1].values)["place"] == "3幢1单元"


def test_a_correction_by_the_resident_afterwards_counts() -> None:
    call = Call()
    call.says("三幢二单元楼道灯坏了")
    call.fixes(Slot.PLACE, "3幢1单元")
    call.hears(HeardKind.GO_ON)
    call.says("不对，是四幢")
    assert call.place == "hm/4/1"


def test_words_set_right_are_understood_in_the_place_of_the_wrong_ones() -> None:
    call = Call()
    call.says("额哦那个坡立啊")
    assert call.at(StepName.PROBLEM)
    call.fixes(Slot.WORDS, "三幢二单元的灯不亮了", was="额哦那个坡立啊")
    assert call.now.report.words == ("三幢二单元的灯不亮了",)
    assert answered(call.now)
    call.hears(HeardKind.GO_ON)
    assert call.at(StepName.READBACK)
    assert call.now.report.category
    assert (call.now.report.category.code, call.place) == ("lighting", "hm/3/2")


def test_a_kind_set_right_stays_whatever_is_said_after_it() -> None:
    call = Call()
    call.says("水管坏了")
    call.fixes(Slot.CATEGORY, "water_supply")
    call.hears(HeardKind.GO_ON)
    call.says("三幢二单元")
    assert call.now.report.category
    assert call.now.report.category.code == "water_supply"


def test_a_slot_nobody_asked_about_leaves_the_question_standing() -> None:
    call = Call()
    call.says("楼道里的灯坏了")
    call.fixes(Slot.CATEGORY, "power")
    assert not answered(call.now)
    call.says("三幢二单元")
    assert call.place == "hm/3/2"


def test_danger_a_volunteer_hears_alarms_at_once() -> None:
    call = Call(Known(phone="13800001234", person_available=True))
    call.says("没气漏了")
    call.fixes(Slot.WORDS, "煤气漏了，味道很大", was="没气漏了")
    assert answered(call.now)
    turn = call.hears(HeardKind.GO_ON)
    assert "emergency.gas" in _keys(turn)
    assert any(isinstance(e, CallPerson) for e in turn.effects)


def test_after_filing_the_ticket_is_corrected_once_and_by_the_volunteer() -> None:
    call = Call()
    call.says("三幢二单元楼道灯坏了")
    call.says("对")
    turn = call.fixes(Slot.PLACE, "3幢1单元")
    assert [type(e) for e in turn.effects] == [SetRight]
    after = call.says("没有了")
    assert not any(isinstance(e, AmendTicket | SaveDraft) for e in after.effects)
    assert call.place == "hm/3/1"


def test_somebody_who_hangs_up_while_a_person_is_called_still_wanted_one() -> None:
    call = Call(Known(phone="13800001234", person_available=True))
    call.hears(HeardKind.OPENED)
    call.says("转人工")
    ended = call.hears(HeardKind.ENDED)
    assert [e.kind for e in ended.effects if e.kind == "promise_callback"]


def test_danger_calls_a_person_whatever_the_hour() -> None:
    call = Call(Known(phone="13800001234", extension=True, closed=True))
    assert any(isinstance(e, CallPerson) for e in call.says("着火了快来人").effects)
    call = Call(Known(phone="13800001234", extension=True, closed=True))
    turn = call.says("转人工")
    assert not any(isinstance(e, CallPerson) for e in turn.effects)
    assert _keys(turn) == ["person.promised.closed", "person"]
