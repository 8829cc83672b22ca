"""Our own calls: who calls, the question, and how to have no more of them; and how consent is
taken."""

from datetime import timedelta
from typing import Any

import pytest

from flows.channel import Channel
from flows.conversation import Conversation, StepName, Turn
from flows.effects import EndConversation, GiveVerdict, TellByCall
from flows.heard import Heard, HeardKind, Known, News, TicketView
from flows.step import begin, step
from locales.load import load_community
from tests.flows.conftest import AT

COMMUNITY = load_community()
MENDED = TicketView(
    number="572005", state="resolved", category="lighting", place="3幢2单元",
    updated=AT - timedelta(1),
)  # fmt: skip
DISMISSED = MENDED.model_copy(update={"number": "572013", "state": "dismissed", "note": "不归我们"})


class Call:
    def __init__(self, *news: News, known: Known = Known()) -> None:  # noqa: B008 - frozen
        self.now: Conversation = begin("c", Channel.PHONE)
        self.known = known
        if news:
            self.opening = self.hears(HeardKind.CALLED, news=news)

    def hears(self, kind: HeardKind, text: str = "", **more: Any) -> Turn:
        heard = Heard(
            kind=kind, text=text, at=AT, number="549876", known=self.known, recording="r1",
            until=7.5, **more,
        )  # fmt: skip
        turn = step(self.now, heard, COMMUNITY)
        self.now = turn.conversation
        return turn

    def says(self, text: str) -> Turn:
        return self.hears(HeardKind.SPEECH, text)

    def press(self, key: str) -> Turn:
        return self.hears(HeardKind.KEY, key=key)


def _keys(turn: Turn) -> list[str]:
    return [prompt.key for prompt in turn.say]


def _effect(turn: Turn, kind: type) -> Any:
    return next((effect for effect in turn.effects if isinstance(effect, kind)), None)


def test_it_says_who_calls_how_to_stop_it_and_asks_last() -> None:
    call = Call(News(about="dismissed", ticket=DISMISSED), News(about="resolved", ticket=MENDED))
    assert _keys(call.opening) == ["called", "notice_dismissed", "called.stop", "notice_resolved"]
    assert call.now.step is StepName.VERDICT


@pytest.mark.parametrize(("said", "solved"), [("好了", True), ("没有修好", False)])
def test_the_ticket_is_closed_or_reopened_by_voice(said: str, solved: bool) -> None:
    verdict = _effect(Call(News(about="resolved", ticket=MENDED)).says(said), GiveVerdict)
    assert (verdict.number, verdict.solved) == ("572005", solved)


@pytest.mark.parametrize(("key", "solved"), [("1", True), ("2", False)])
def test_and_by_key(key: str, solved: bool) -> None:
    verdict = _effect(Call(News(about="resolved", ticket=MENDED)).press(key), GiveVerdict)
    assert (verdict.number, verdict.solved) == ("572005", solved)


@pytest.mark.parametrize(
    "said", ["不要", "不要打了", "以后不要再打了", "别打电话来了", "不要再打电话给我了，烦死了"]
)
def test_no_more_calls_by_word(said: str) -> None:
    turn = Call(News(about="resolved", ticket=MENDED)).says(said)
    refusal = _effect(turn, TellByCall)
    assert (refusal.agreed, refusal.number, refusal.text) == (False, "572005", said)
    assert (refusal.recording, refusal.until) == ("r1", 7.5)
    assert _effect(turn, EndConversation)
    assert _effect(turn, GiveVerdict) is None


def test_no_more_calls_by_key_at_any_step() -> None:
    call = Call(News(about="resolved", ticket=MENDED))
    call.press("1")
    assert _effect(call.press("9"), TellByCall).agreed is False


def test_nine_and_a_plain_no_mean_nothing_special_on_a_residents_own_call() -> None:
    call = Call()
    call.says("三幢二单元楼道灯坏了")
    assert _effect(call.says("不要"), TellByCall) is None
    assert _effect(call.press("9"), TellByCall) is None


def _reported(known: Known) -> Call:
    call = Call(known=known)
    call.says("三幢二单元楼道灯坏了")
    call.says("对")
    assert call.now.filed
    return call


def test_consent_is_asked_once_before_the_goodbye_and_kept_with_its_proof() -> None:
    call = _reported(Known(phone="13800001234", ask_consent=True))
    assert _keys(call.says("没有了")) == ["consent"]
    turn = call.says("好的，可以")
    proof = _effect(turn, TellByCall)
    assert (proof.agreed, proof.number, proof.text) == (True, "549876", "好的，可以")
    assert (proof.recording, proof.until) == ("r1", 7.5)
    assert _effect(turn, EndConversation)
    assert _keys(turn) == ["consent.yes", "goodbye.filed"]


@pytest.mark.parametrize("said", ["不用了", "不要"])
def test_a_no_is_kept_too(said: str) -> None:
    call = _reported(Known(phone="13800001234", ask_consent=True))
    call.says("没有了")
    assert _effect(call.says(said), TellByCall).agreed is False


def test_no_clear_yes_is_none() -> None:
    call = _reported(Known(phone="13800001234", ask_consent=True))
    call.says("没有了")
    turn = call.says("随便你")
    assert _effect(turn, TellByCall) is None
    assert _effect(turn, EndConversation)


def test_who_was_asked_before_is_not_asked_again() -> None:
    assert _keys(_reported(Known(phone="13800001234")).says("没有了")) == ["goodbye.filed"]
