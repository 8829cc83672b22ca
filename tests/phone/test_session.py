"""The telephone conversation over a line that runs five times faster than life."""

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.channels.calls.session import CallSession
from bot.channels.line import RATE
from bot.dialogue.answer import Answer
from bot.hearing.second import SecondHearing
from bot.services import Services
from flows.effects import Pace
from flows.expected import Expected
from flows.prompt import Prompt
from locales.load import load_community
from locales.wording import load_wording
from tests.phone.fakes import (
    LOUD,
    SPEED,
    EnergyEndpointer,
    FakeLine,
    FakeRecogniser,
    FakeRecordings,
    FakeVoice,
    ScriptedDialogue,
    community,
    reply,
)
from voice.recognition.protocol import Prompted

AGENT = "sip:agent@127.0.0.1:5090"
BYE = reply("好的，再见", done=True)


@pytest.fixture(autouse=True)
def _energy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.calls.ear.Endpointer", EnergyEndpointer)


class Call:
    """A call in progress, with all its parts in reach."""

    def __init__(
        self, *replies: Answer | Exception, heard: tuple[str, ...] = (), extension: str = ""
    ) -> None:
        self.line = FakeLine()
        self.voice = FakeVoice()
        self.recogniser = FakeRecogniser(*heard)
        self.recordings = FakeRecordings()
        self.dialogue = ScriptedDialogue(replies)
        services = SimpleNamespace(
            settings=SimpleNamespace(human_extension=extension),
            community=community(),
            wording=SimpleNamespace(speech=_wording),
            recordings=self.recordings,
            dialogue=self.dialogue,
            recogniser=self.recogniser,
            second=SecondHearing(self.recogniser, community()),
            synthesiser=self.voice,
        )
        self.session = CallSession(self.line, cast(Services, services))

    def run(self, resident: "Callable[[Call], Awaitable[None]]", seconds: float = 15) -> None:
        """The call, with `resident` doing their part."""

        async def both() -> None:
            task = asyncio.ensure_future(self.session.run())
            await resident(self)
            await asyncio.wait_for(task, seconds)

        asyncio.run(both())

    async def until(self, true: Callable[[], Any], seconds: float = 8) -> None:
        for _ in range(int(seconds / 0.01)):
            if true():
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"never happened; turns: {self.dialogue.kinds}")

    async def turns(self, count: int) -> None:
        await self.until(lambda: len(self.dialogue.turns) >= count)

    async def prompt_over(self) -> None:
        await self.until(lambda: self.line.sent > 0.05)
        await self.until(lambda: not self.session._mouth.busy)


def _wording(prompts: list[Prompt]) -> tuple[str, ...]:
    return tuple("嗯" if prompt.key == "call.nod" else f"<{prompt.key}>" for prompt in prompts)


async def _nothing(_: Call) -> None:
    pass


def test_a_report_is_heard_turn_by_turn_and_the_last_words_are_played() -> None:
    call = Call(reply("您请说"), reply("对吗", step="readback"), BYE, heard=("灯坏了", "对"))

    async def resident(c: Call) -> None:
        for n in (2, 3):
            await c.prompt_over()
            c.line.speak(1.0)
            await c.turns(n)
            c.line.sent = 0

    call.run(resident)
    assert call.dialogue.kinds == ["opened", "speech", "speech"]
    assert [turn.text for turn in call.dialogue.turns] == ["", "灯坏了", "对"]
    assert [turn.key for turn in call.dialogue.turns] == ["fake-1:1", "fake-1:2", "fake-1:3"]
    assert call.line.hung_up
    assert call.line.sent == pytest.approx(0.15 * len("好的，再见"), abs=0.05)
    assert call.recogniser.open == 0


def answered(call: Call) -> None:
    """One answer to a read-back."""

    async def resident(c: Call) -> None:
        await c.prompt_over()
        c.line.speak(1.0)

    call.run(resident)


ASKED = reply("对吗", step="readback", expects=(Expected.ANSWER, Expected.PLACE))


def test_an_answer_is_heard_a_second_time_knowing_what_was_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.channels.calls.session.WITHIN", 30.0)  # a busy machine is slow
    call = Call(ASKED, BYE, heard=("渡",))
    call.recogniser.prompted = Prompted("不对", 0.98, 1.0, 0.97)
    answered(call)
    turn = call.dialogue.turns[1]
    assert turn.text == "渡"
    assert turn.prompted is not None
    assert (turn.prompted.text, turn.prompted.least) == ("不对", 0.97)
    phrases = call.recogniser.reread_phrases[0]
    assert {"对的", "不对", "二十四幢", "老年食堂"} <= set(phrases)
    assert len(call.recogniser.reread_phrases) == 1, "heard more often than once"


def test_an_open_question_is_heard_once() -> None:
    call = Call(reply("您请说"), BYE, heard=("灯坏了",))
    call.recogniser.prompted = Prompted("对", 1.0, 1.0, 1.0)
    answered(call)
    assert call.dialogue.turns[1].prompted is None
    assert not call.recogniser.reread_phrases


def test_a_late_second_hearing_is_not_waited_for() -> None:
    call = Call(ASKED, BYE, heard=("对",))
    call.recogniser.prompted = Prompted("不对", 0.98, 1.0, 0.97)
    call.recogniser.held.clear()
    answered(call)
    call.recogniser.held.set()
    assert call.dialogue.turns[1].text == "对"
    assert call.dialogue.turns[1].prompted is None


def test_everything_heard_is_recorded_before_its_turn_and_the_recording_is_closed() -> None:
    call = Call(reply("您请说"), BYE, heard=("灯坏了",))
    taped: list[float] = []
    call.dialogue.on_turn = lambda: taped.append(len(call.recordings.tapes[0].data) / 16000)

    async def resident(c: Call) -> None:
        await c.prompt_over()
        c.line.speak(1.0)

    call.run(resident)
    spoken = call.dialogue.turns[1]
    assert spoken.recording == "r1"
    assert 1.0 < spoken.heard_until <= taped[1]
    assert call.recordings.tapes[0].closed


def test_what_a_volunteer_settled_need_not_be_answered() -> None:
    call = Call(reply("您请说"), reply("一" * 200, step="place"), BYE, heard=("灯坏了",))

    async def resident(c: Call) -> None:
        await c.prompt_over()
        c.line.speak(1.0)
        await c.turns(2)
        await c.until(lambda: c.session._mouth.busy)
        c.dialogue.help = True

    call.run(resident)
    assert call.dialogue.kinds == ["opened", "speech", "go_on"]
    assert call.line.sent < 15, "the question was cut short"


def test_somebody_who_speaks_is_heard_out_before_the_call_goes_on() -> None:
    call = Call(reply("您请说"), reply("在哪里", step="place"), BYE, heard=("灯坏了", "三幢"))

    async def resident(c: Call) -> None:
        await c.prompt_over()
        c.line.speak(1.0)
        await c.turns(2)
        c.line.speak(12.0)
        await c.until(lambda: c.session._ear.speaking)
        c.dialogue.help = True

    call.run(resident)
    assert call.dialogue.kinds == ["opened", "speech", "speech"]
    assert call.dialogue.turns[-1].text == "三幢"


def test_a_key_silences_the_prompt_at_once() -> None:
    call = Call(reply("一" * 60), BYE)

    async def resident(c: Call) -> None:
        await c.until(lambda: c.line.sent > 0.3)
        c.line.press("0")
        assert c.line.flushes == 1
        await c.turns(2)

    call.run(resident)
    assert call.dialogue.turns[1].pressed == "0"
    assert call.line.sent < 4


def test_keys_pressed_ahead_are_all_taken_in_order() -> None:
    call = Call(reply("一" * 30), reply("二" * 30), reply("三" * 30), BYE)

    async def resident(c: Call) -> None:
        await c.until(lambda: c.line.sent > 0.2)
        for key in "12#":
            c.line.press(key)

    call.run(resident)
    assert [turn.pressed for turn in call.dialogue.turns] == ["", "1", "2", "#"]


def test_speech_over_a_prompt_silences_it_and_counts() -> None:
    call = Call(reply("一" * 60), BYE, heard=("我要报修",))

    async def resident(c: Call) -> None:
        await c.until(lambda: c.line.sent > 0.5)
        c.line.speak(1.2)

    call.run(resident)
    assert call.dialogue.turns[1].text == "我要报修"
    assert call.line.flushes == 1
    assert call.line.sent < 5


def test_a_turn_knows_how_much_of_the_prompt_was_heard() -> None:
    prompt = tuple("一二三四五六七八" * 2 for _ in range(3))  # 2.4 s each
    call = Call(reply(*prompt), reply(*prompt), reply(*prompt), BYE, heard=("对的", "对的"))
    call.recogniser.partial = "对的"

    async def resident(c: Call) -> None:
        await c.until(lambda: c.line.sent > 3)
        c.line.speak(1.2)
        await c.turns(2)
        c.line.sent = 0
        await c.until(lambda: c.line.sent > 0.5)
        c.line.press("1")
        await c.turns(3)
        c.line.sent = 0
        await c.prompt_over()
        c.line.speak(1.2)

    call.run(resident)
    assert [turn.unheard for turn in call.dialogue.turns] == [0, 2, 3, 0]


def test_a_cough_over_a_prompt_is_ignored() -> None:
    call = Call(reply("一" * 20), BYE, heard=("嗯", "灯坏了"))

    async def resident(c: Call) -> None:
        await c.until(lambda: c.line.sent > 0.3)
        c.line.speak(0.15)
        await c.prompt_over()
        c.line.speak(1.0)

    call.run(resident)
    assert call.dialogue.kinds == ["opened", "speech"]
    assert call.dialogue.turns[1].text == "灯坏了"
    assert call.line.flushes == 0


def test_speech_without_words_is_unclear_and_a_click_is_nothing() -> None:
    call = Call(reply("您请说"), BYE, heard=("", ""))

    async def resident(c: Call) -> None:
        await c.prompt_over()
        c.line.speak(0.1)
        await asyncio.sleep(2 / SPEED)
        assert len(c.dialogue.turns) == 1
        c.line.speak(1.5)

    call.run(resident)
    assert call.dialogue.kinds == ["opened", "unclear"]


def test_silence_is_a_turn_after_the_prompt_and_not_before() -> None:
    call = Call(reply("一" * 80, step="readback"), BYE)
    call.run(_nothing)
    assert call.dialogue.kinds == ["opened", "silence"]
    # 12 s of prompt, then 7 s of patience; on a busy machine both take longer
    assert 17.5 < call.dialogue.turns[1].heard_until < 40


def test_an_unfinished_sentence_gets_more_time() -> None:
    call = Call(reply("您请说"), BYE, heard=("我们楼里那个灯坏了",))
    call.recogniser.partial = "我们楼里那个"

    async def resident(c: Call) -> None:
        await c.prompt_over()
        c.line.speak(0.8)
        c.line.pause(2.0)
        c.line.speak(0.8)

    call.run(resident)
    assert call.dialogue.kinds == ["opened", "speech"]


def test_a_whole_answer_ends_the_turn_before_one_that_may_go_on() -> None:
    waited = {}
    for words in ("对的", "嗯"):
        call = Call(reply("对吗", step="readback"), BYE, heard=(words,))
        call.recogniser.partial = words

        async def resident(c: Call) -> None:
            await c.prompt_over()
            c.line.speak(0.8)

        call.run(resident)
        heard = next(turn for turn in call.dialogue.turns if turn.text)
        waited[words] = heard.heard_until - _last_sound(call)
    assert 0.5 < waited["对的"] < 0.9
    assert 2.5 < waited["嗯"] < 3.1


def test_whoever_pauses_hears_that_somebody_listens_and_is_not_cut_off() -> None:
    call = Call(reply("您请说"), BYE, heard=("三幢灯坏了已经三天了",))
    call.recogniser.partial = "三幢二单元的灯坏了"
    nodded = []

    async def resident(c: Call) -> None:
        await c.prompt_over()
        c.line.sent = 0
        c.line.speak(1.5)
        c.line.pause(2.0)
        c.line.speak(1.5)
        await c.turns(2)
        nodded.append(c.line.sent)

    call.run(resident)
    assert call.dialogue.kinds == ["opened", "speech"]
    assert nodded == [pytest.approx(2 * 0.15, abs=0.01)], "in the pause, and at the end"


@pytest.mark.parametrize("words", ["对的", ""])
def test_nobody_nods_at_a_whole_answer_or_at_a_noise(words: str) -> None:
    call = Call(reply("对吗", step="readback"), BYE, heard=(words,))
    call.recogniser.partial = words
    nodded = []

    async def resident(c: Call) -> None:
        await c.prompt_over()
        c.line.sent = 0
        c.line.speak(1.5)
        await c.turns(2)
        nodded.append(c.line.sent)

    call.run(resident)
    assert nodded == [0]


@pytest.mark.parametrize(
    ("more", "answered"), [("在五幢一单元", "下水道堵了，在五幢一单元"), ("再说一遍", "再说一遍")]
)
def test_what_is_said_on_as_the_answer_begins_belongs_to_what_was_said(
    more: str, answered: str
) -> None:
    call = Call(reply("您请说"), reply("一" * 90, step="place"), BYE, heard=("下水道堵了", more))
    call.recogniser.partial = "下水道堵了"

    async def resident(c: Call) -> None:
        await c.prompt_over()
        c.line.speak(1.0)
        c.line.pause(3.0)  # answered after 2.6
        c.line.speak(1.0)

    call.run(resident)
    assert [turn.text for turn in call.dialogue.turns] == ["", "下水道堵了", answered]
    assert call.line.sent < 6, "the answer was stopped"


def test_a_number_is_waited_for_until_its_end() -> None:
    call = Call(reply("您的单号是多少", step="status"), BYE, heard=("一二三四五六",))
    call.recogniser.partial = "一二三"

    async def resident(c: Call) -> None:
        await c.prompt_over()
        c.line.speak(0.8)
        c.line.pause(2.0)
        c.line.speak(0.8)

    call.run(resident)
    assert call.dialogue.kinds == ["opened", "speech"]
    assert max(call.dialogue.turns[1].pauses) == pytest.approx(2.0, abs=0.2)


def _last_sound(call: "Call") -> float:
    """Seconds of the recording at which the resident fell silent."""
    data = bytes(call.recordings.tapes[0].data)
    return (data.rindex(LOUD) + 2) / 2 / RATE


def test_a_busy_recogniser_only_delays() -> None:
    call = Call(reply("您请说"), BYE, heard=("灯坏了",))
    call.recogniser.busy = True

    async def resident(c: Call) -> None:
        await c.prompt_over()
        c.line.speak(1.0)

    call.run(resident)
    assert call.dialogue.turns[1].text == "灯坏了"


def test_three_minutes_of_talk_are_one_turn() -> None:
    call = Call(reply("您请说"), BYE, heard=("三分钟",))

    async def resident(c: Call) -> None:
        await c.prompt_over()
        c.line.speed = 60
        c.line.speak(180)
        await c.until(lambda: len(c.dialogue.turns) >= 2, 60)

    call.run(resident, 80)
    assert [turn.text for turn in call.dialogue.turns] == ["", "三分钟"]
    assert call.dialogue.turns[1].heard_until > 179


def test_somebody_takes_the_transfer() -> None:
    call = Call(reply("给您转接", transfer=True), extension=AGENT)
    call.line.person = True
    call.run(_nothing)
    assert call.line.transferred == [AGENT]
    assert call.line.sent > 0.5
    assert call.dialogue.kinds == ["opened", "connected", "ended"]


def test_nobody_takes_the_transfer_and_the_conversation_goes_on() -> None:
    call = Call(
        reply("给您转接", transfer=True),
        reply("没人接，请说"),
        BYE,
        heard=("灯坏了",),
        extension=AGENT,
    )

    async def resident(c: Call) -> None:
        await c.turns(2)
        c.line.sent = 0
        await c.prompt_over()
        c.line.speak(1.0)

    call.run(resident)
    assert call.dialogue.kinds == ["opened", "no_person", "speech"]


@pytest.mark.parametrize("moment", ["ringing", "opening", "listening", "speaking", "thinking"])
def test_hanging_up_at_any_moment_keeps_what_was_said(moment: str) -> None:
    call = Call(reply("您请说"), reply("一" * 40), heard=("灯坏了",))
    if moment == "ringing":
        call.line.gives_up = True

    async def resident(c: Call) -> None:
        if moment == "opening":
            await c.until(lambda: c.line.sent > 0.1)
        elif moment == "listening":
            await c.prompt_over()
        elif moment == "speaking":
            await c.prompt_over()
            c.line.speak(1.0)
            await asyncio.sleep(0.9 / SPEED)
        elif moment == "thinking":
            await c.prompt_over()
            c.line.speak(1.0)
            await c.turns(2)
        c.line.close()

    call.run(resident)
    expected = {
        "ringing": [],
        "opening": ["opened", "ended"],
        "listening": ["opened", "ended"],
        "speaking": ["opened", "speech", "ended"],
        "thinking": ["opened", "speech", "ended"],
    }
    assert call.dialogue.kinds == expected[moment]
    assert all(tape.closed for tape in call.recordings.tapes)
    assert call.recogniser.open == 0


def test_a_broken_turn_ends_in_an_apology_and_a_promise() -> None:
    call = Call(reply("您请说"), RuntimeError("bug"), reply("会给您回电话"), heard=("灯坏了",))

    async def resident(c: Call) -> None:
        await c.prompt_over()
        c.line.speak(1.0)

    call.run(resident)
    assert call.voice.spoken[-2:] == ["<call.apology>", "会给您回电话"]
    assert call.dialogue.kinds == ["opened", "speech", "key", "ended"]
    assert call.dialogue.turns[2].pressed == "0"
    assert call.line.hung_up


def test_when_nothing_can_be_stored_a_person_is_tried_and_the_recording_stays_open() -> None:
    call = Call(extension=AGENT)
    call.dialogue.broken = True
    call.run(_nothing)
    assert "<call.apology>" in call.voice.spoken
    assert call.line.transferred == [AGENT]
    assert call.line.hung_up
    assert not call.recordings.tapes[0].closed


def test_a_broken_recogniser_asks_again() -> None:
    call = Call(reply("您请说"), BYE)
    call.recogniser.broken = True

    async def resident(c: Call) -> None:
        await c.prompt_over()
        c.line.speak(1.5)

    call.run(resident)
    assert call.dialogue.kinds[:2] == ["opened", "unclear"]
    assert call.recogniser.open == 0


def test_without_a_disk_the_call_goes_on() -> None:
    call = Call(reply("您请说"), BYE, heard=("灯坏了",))
    call.recordings.broken = True

    async def resident(c: Call) -> None:
        await c.prompt_over()
        c.line.speak(1.0)

    call.run(resident)
    assert call.dialogue.kinds == ["opened", "speech"]
    assert call.dialogue.turns[1].recording is None


def test_without_a_voice_the_call_still_ends_as_it_should() -> None:
    call = Call(reply("您请说"), BYE)
    call.voice.broken = True

    async def resident(c: Call) -> None:
        await asyncio.sleep(0.2)
        c.line.press("1")

    call.run(resident)
    assert call.dialogue.kinds == ["opened", "key"]
    assert call.line.hung_up


def test_a_late_clause_is_bridged_by_a_filler() -> None:
    call = Call(reply("请稍后的一句"), BYE)
    call.voice.slow["请稍后的一句"] = 1.5

    async def resident(c: Call) -> None:
        await c.until(lambda: c.line.sent > 0, 1.3)
        assert "请稍后的一句" not in c.voice.spoken
        await c.until(lambda: c.line.sent > 1.5)
        c.line.press("1")

    call.run(resident)
    assert "<call.filler>" in call.voice.spoken


def test_a_slow_pace_is_spoken_slowly() -> None:
    call = Call(reply("慢慢说", pace=Pace.SLOW), BYE)

    async def resident(c: Call) -> None:
        await c.prompt_over()
        c.line.press("1")

    call.run(resident)
    assert call.voice.paces[call.voice.spoken.index("慢慢说")] == 0.85


def test_a_service_that_stops_says_so_and_keeps_the_draft() -> None:
    call = Call(reply("您请说"))

    async def resident(c: Call) -> None:
        await c.prompt_over()
        c.session.leave()

    call.run(resident)
    assert call.voice.spoken[-1] == "<call.stopping>"
    assert call.dialogue.kinds == ["opened", "ended"]
    assert call.line.hung_up


def test_what_a_call_says_of_itself_has_its_wording() -> None:
    wording = load_wording(load_community().profile)
    for key in (
        "filler", "apology", "stopping", "too_long", "busy", "often", "message", "number", "noted",
        "full", "enough",
    ):  # fmt: skip
        assert wording.speech([Prompt(key=f"call.{key}")])
