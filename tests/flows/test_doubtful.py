"""What was probably not said is not taken, and is not asked for twice with the same words."""

import pytest

from flows.channel import Channel
from flows.community import Community
from flows.conversation import Conversation, StepName, Turn
from flows.heard import Heard, HeardKind, Known
from flows.step import begin, step
from flows.steps.doubtful import TRUSTED
from tests.flows.conftest import AT

REPORT = "三幢二单元楼道里的灯坏了"


def say(
    conversation: Conversation,
    community: Community,
    text: str,
    trust: float = 0.1,
    snr: float | None = 30.0,
    person: bool = False,
) -> Turn:
    heard = Heard(
        kind=HeardKind.SPEECH, text=text, confidence=trust, snr=snr, at=AT, number="200015",
        strange=trust < 0.5 and snr is not None and snr > 15 and len(text) >= 8,
        recording="r1", known=Known(phone="13800001234", person_available=person),
    )  # fmt: skip
    return step(conversation, heard, community)


def keys(turn: Turn) -> list[str]:
    return [prompt.key for prompt in turn.say]


def test_only_what_is_trusted_is_taken(community: Community) -> None:
    new = begin("c", Channel.PHONE)
    assert say(new, community, REPORT, TRUSTED).conversation.report.category
    turn = say(new, community, REPORT, TRUSTED - 0.01)
    report = turn.conversation.report
    assert (report.category, report.place, report.words) == (None, None, ())
    assert report.attachments == ("r1",)


@pytest.mark.parametrize("snr", [5.0, 30.0, None])
def test_nothing_is_said_twice_and_a_person_comes(community: Community, snr: float | None) -> None:
    conversation = begin("c", Channel.PHONE)
    said = []
    for _ in range(6):
        turn = say(conversation, community, REPORT, snr=snr, person=True)
        said.append(keys(turn))
        conversation = turn.conversation
        if conversation.step is StepName.PERSON:
            break
    assert said[-1][0] == "unclear.person"
    assert len(said) == 3
    assert len({tuple(each) for each in said}) == 3


def test_noise_is_blamed_once_a_call_then_keys_are_offered(community: Community) -> None:
    first = say(begin("c", Channel.PHONE), community, REPORT, snr=5)
    assert keys(first) == ["unclear.noise"]
    well = say(first.conversation, community, REPORT, trust=0.9, snr=8)
    assert well.conversation.step is StepName.READBACK
    assert keys(say(well.conversation, community, "对", snr=5)) == ["unclear.keys", "keys.yes_no"]


def test_dialect_is_what_lasts_on_a_clear_line(community: Community) -> None:
    turn = say(begin("c", Channel.PHONE), community, REPORT)
    assert "unclear.dialect" not in keys(turn)
    twice = say(turn.conversation, community, REPORT)
    assert keys(twice)[0] == "unclear.dialect"
    assert twice.conversation.pace.slow
    well = say(turn.conversation, community, REPORT, trust=0.9)
    assert "unclear.dialect" not in keys(say(well.conversation, community, "就在那个六楼上面"))


@pytest.mark.parametrize(("snr", "text"), [(5.0, REPORT), (None, REPORT), (30.0, "对")])
def test_noise_and_short_answers_are_no_dialect(
    community: Community, snr: float | None, text: str
) -> None:
    conversation = begin("c", Channel.PHONE)
    for _ in range(3):
        turn = say(conversation, community, text, snr=snr)
        assert "unclear.dialect" not in keys(turn)
        conversation = turn.conversation


def test_danger_counts_however_badly_it_was_heard(community: Community) -> None:
    new = begin("c", Channel.PHONE)
    assert say(new, community, "着火了快来人啊", 0.01, 3).conversation.step is StepName.EMERGENCY
    doubted = say(new, community, "楼道里有焦味", 0.01, 3)
    assert doubted.conversation.step is StepName.URGENCY
    assert doubted.conversation.report.words == ("楼道里有焦味",)
    again = say(doubted.conversation, community, "楼道里有焦味", 0.01, 3)
    assert keys(again) == ["unclear.noise"]


def test_an_unsure_goodbye_ends_nothing_and_an_unsure_wish_for_a_person_is_heard(
    community: Community,
) -> None:
    new = begin("c", Channel.PHONE)
    assert say(new, community, "算了").conversation.step is StepName.OPENING
    assert say(new, community, "我要找人工", person=True).conversation.step is StepName.PERSON


def test_an_unsure_yes_files_nothing(community: Community) -> None:
    told = say(begin("c", Channel.PHONE), community, REPORT, trust=1)
    assert told.conversation.step is StepName.READBACK
    assert not say(told.conversation, community, "对的").conversation.filed
