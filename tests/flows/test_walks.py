"""Random walks through the machine: whatever is heard, nobody is lost, nothing is dropped."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.channel import Channel
from flows.conversation import Conversation, StepName, Turn
from flows.effects import (
    AddNote,
    CallPerson,
    FileTicket,
    FindTicket,
    GiveVerdict,
    PromiseCallback,
)
from flows.heard import Fix, Heard, HeardKind, Known, Slot, TicketView
from flows.report import Place
from flows.step import begin, step
from flows.ticket_number import ticket_number
from locales.load import load_community
from locales.wording import load_wording
from tests.flows.conftest import AT

COMMUNITY = load_community()
WORDING = load_wording(COMMUNITY.profile)
HOME = COMMUNITY.gazetteer.place("hm/3/2/501")
_LEXICON = COMMUNITY.lexicon

_PHRASES = sorted(
    {
        *(example for words in _LEXICON.categories.values() for example in words.examples[:4]),
        *_LEXICON.answers.yes.whole,
        *_LEXICON.answers.no.whole,
        *_LEXICON.answers.status.contains,
        *_LEXICON.answers.stop.whole,
        *_LEXICON.answers.repeat.contains,
        *_LEXICON.answers.correction.contains,
        *_LEXICON.answers.dont_know.whole,
        *(phrase for phrases in _LEXICON.emergency.kinds.values() for phrase in phrases[:6]),
        *_LEXICON.emergency.ask,
        *("三幢二单元", "十幢", "三十幢", "不是三幢是四幢", "不是漏水", "东门", "我家", "2-3-501"),
        *("五七二零零五", "572050", "幺三八零零零零幺二三四", "电话改一下", "第二个", "地点"),
        *("不是", "是", "对你好", "你好", "谢谢", "等一下", "慢一点", "大声点", "听不清"),
    }
)
_TEXTS = st.one_of(
    st.sampled_from(_PHRASES),
    st.lists(st.sampled_from(_PHRASES), min_size=2, max_size=4).map("，".join),
    st.text(max_size=40),
    st.text(
        alphabet="三四十幢单元号零幺一是不对的好没有灯漏水人工，0123-#*{}%<>\x00\u202e\U0001f525",
        max_size=30,
    ),
)
_TICKET = TicketView(
    number="572005", state="resolved", category="lighting", place="3幢", updated=AT - timedelta(1)
)
_KNOWN = st.builds(
    Known,
    address=st.sampled_from((None, HOME, Place(text="老屋里"))),
    phone=st.sampled_from((None, "13800001234")),
    tickets=st.sampled_from(((), (_TICKET,), (_TICKET.model_copy(update={"state": "open"}),))),
    person_available=st.booleans(),
)


@st.composite
def _heard(draw: st.DrawFn) -> Heard:
    kind = draw(st.sampled_from((*HeardKind, HeardKind.SPEECH, HeardKind.TEXT, HeardKind.SPEECH)))
    if kind is HeardKind.FOUND:
        kind = HeardKind.SPEECH
    text = ""
    if kind in (HeardKind.SPEECH, HeardKind.TEXT, HeardKind.LOCATION):
        text = draw(_TEXTS)
    elif kind is HeardKind.SCENE:
        text = draw(st.sampled_from(("hm/3/2", "hm/99", "", "x/y/z", "hm/东门")))
    fix = None
    if kind is HeardKind.FIXED:
        fix = Fix(slot=draw(st.sampled_from(Slot)), by="小陈", was=draw(_TEXTS))
        text = draw(st.one_of(_TEXTS, st.sampled_from(("lighting", "emergency", "13900001111"))))
    return Heard(
        kind=kind,
        fix=fix,
        text=text,
        alternatives=tuple(draw(st.lists(_TEXTS, max_size=2))) if kind is HeardKind.SPEECH else (),
        confidence=draw(st.floats(0, 1)),
        snr=draw(st.sampled_from((None, 5.0, 13.0, 30.0))),
        key=draw(st.sampled_from("0123456789*#")) if kind is HeardKind.KEY else "",
        at=AT,
        recording=draw(st.sampled_from((None, "r1", "r2"))),
        known=draw(_KNOWN),
    )


def _take(conversation: Conversation, heard: Heard, at: int) -> list[Turn]:
    """The turn, and what follows at once after `FindTicket`."""
    heard = heard.model_copy(update={"number": ticket_number(30000 + at)})
    turns = [step(conversation, heard, COMMUNITY)]
    for effect in turns[0].effects:
        if isinstance(effect, FindTicket):
            known = heard.known.model_copy(
                update={"tickets": tuple(t for t in (_TICKET,) if t.number == effect.number)}
            )
            found = heard.model_copy(update={"kind": HeardKind.FOUND, "text": "", "known": known})
            turns.append(step(turns[0].conversation, found, COMMUNITY))
    return turns


def _check_said(turn: Turn, heard: Heard) -> None:
    if heard.kind in (HeardKind.ENDED, HeardKind.CONNECTED, HeardKind.FIXED):
        return
    assert turn.say
    assert WORDING.speech(turn.say)
    for clause in WORDING.speech(turn.say):
        assert not any(char.isascii() and char.isalnum() for char in clause), clause
    for channel in Channel:
        assert WORDING.text(turn.say, channel).strip()


def _check_person(conversation: Conversation) -> None:
    """A person in one step, by word and by key."""
    for known in (Known(), Known(phone="13800001234", person_available=True)):
        for heard in (
            Heard(kind=HeardKind.SPEECH, text="转人工", at=AT, number="572005", known=known),
            Heard(kind=HeardKind.KEY, key="0", at=AT, number="572005", known=known),
        ):
            if heard.key and conversation.digits:
                # A 0 within a number is a digit; `*` leaves the number, then 0 is a person.
                star = heard.model_copy(update={"key": "*"})
                conversation = step(conversation, star, COMMUNITY).conversation
            turn = step(conversation, heard, COMMUNITY)
            reached = [e for e in turn.effects if isinstance(e, CallPerson | PromiseCallback)]
            assert reached, f"no person from {conversation.step}"
            assert reached[0].number


def _check_kept(before: Conversation, turn: Turn, heard: Heard) -> None:
    """What was said of a matter stands in a draft or ticket written by this very turn."""
    now = turn.conversation
    written = {
        e.number: e.report for e in turn.effects if hasattr(e, "report") and hasattr(e, "number")
    }
    if now.started:
        assert now.number
        assert written[now.number] == now.report
    new = set(now.report.words) - set(before.report.words)
    for words in new:
        assert any(words in report.words for report in written.values())
    for number in {e.number for e in turn.effects if isinstance(e, AddNote | GiveVerdict)}:
        assert number
    if before.started and not now.started and heard.kind is not HeardKind.ENDED:
        # It was filed, said goodbye to, or left for a fresh start; its draft was written before.
        filed = any(isinstance(e, FileTicket) for e in turn.effects)
        left = before.step in (StepName.RESUME, StepName.ENDED)
        assert filed or left or now.step is StepName.ENDED


@settings(max_examples=150, deadline=None)
@given(channel=st.sampled_from(Channel), inputs=st.lists(_heard(), min_size=1, max_size=9))
def test_any_walk(channel: Channel, inputs: list[Heard]) -> None:
    conversation = begin("c", channel)
    for at, heard in enumerate(inputs):
        before = conversation
        for turn in _take(conversation, heard, at):
            _check_said(turn, heard)
            _check_kept(before, turn, heard)
            conversation = turn.conversation
            before = conversation
        _check_person(conversation)
        assert Conversation.model_validate_json(conversation.model_dump_json()) == conversation


@settings(max_examples=40, deadline=None)
@given(channel=st.sampled_from(Channel), inputs=st.lists(_heard(), max_size=5))
def test_the_same_inputs_give_the_same_turns(channel: Channel, inputs: list[Heard]) -> None:
    def play() -> list[Turn]:
        conversation, turns = begin("c", channel), []
        for at, heard in enumerate(inputs):
            turns += _take(conversation, heard, at)
            conversation = turns[-1].conversation
        return turns

    assert play() == play()
