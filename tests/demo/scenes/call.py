"""Somebody dials the hotline from a real softphone, and answers what they are asked."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from tests.demo.ear import hear, sounds_like
from tests.demo.facts import Facts
from tests.simulators.softphone import Closed, Softphone
from tests.support.digits import DigitEar
from tests.support.service import ROOT
from voice.codecs import decode
from voice.recognition.protocol import Recogniser

Ears = tuple[Recogniser, DigitEar]
CALLER = "13800138000"
CLIPS = ROOT / "tests" / "clips"
_QUIET = 2.2
"""Seconds of quiet after which a caller answers: more than the service pauses within a reply."""
WORDS = dict(
    line.split("\t")[:2] for line in (CLIPS / "clips.tsv").read_text().splitlines() if line
)
"""What each clip says, by file name."""


@dataclass
class Call:
    """One call: what the resident's own telephone recorded of the service, in words."""

    phone: Softphone
    recogniser: Recogniser
    digits: DigitEar
    facts: Facts
    building: str = ""
    """The house number that was read back."""
    number: str = ""
    """The ticket number that was heard, by its check digit."""
    heard: list[str] = field(default_factory=list)

    async def listen(self) -> str:
        """What the service says until it waits, recognised; empty when it hung up."""
        try:
            sound = await self.phone.listen(_QUIET)
        except (Closed, TimeoutError):
            return ""
        text = await asyncio.to_thread(hear, self.recogniser, sound)
        self.building = self.building or await asyncio.to_thread(self.digits.building, sound)
        self.number = self.number or await asyncio.to_thread(self.digits.ticket_number, sound)
        self.heard.append(text)
        self.facts.says("bot", f"{text}  [dim]（{sound.seconds:.0f} 秒，由来电者的录音识别）[/]")
        return text

    async def say(self, clip: str) -> None:
        """Play a clip of `tests/clips` into the telephone."""
        path = _clip(clip)
        self.facts.says("caller", WORDS[path.name])
        await self.phone.play(decode(path.read_bytes()))

    def heard_any(self, *sounds: str) -> bool:
        return sounds_like(" ".join(self.heard), *sounds)


async def report(sip: str, ears: Ears, facts: Facts) -> str:
    """Report a dark lamp by voice; returns the ticket number that was heard."""
    facts.scene(f"一位老人拨打热线 {sip}")
    async with Softphone(CALLER) as phone:
        await phone.dial(sip)
        call = Call(phone, *ears, facts)
        opening = await call.listen()
        facts.check(sounds_like(opening, "nin hao", "she qu"), "听到了开场白")
        await call.say("report_lamp")
        for _ in range(4):
            text = await call.listen()
            if call.number or not text:
                break
            await call.say(_answer(text))
        facts.check(call.heard_any("deng"), "听到了复述：灯")
        facts.check(call.building == "3", "听到了复述：三幢", f"（听到的是：{call.building}）")
        facts.check(call.number, "听到了六位单号", f"（听到的是：{call.heard[-1:]}）")
        await call.say("no_more")
        await call.listen()
        await phone.hang_up()
    return call.number


async def ask_status(sip: str, ears: Ears, facts: Facts) -> None:
    """Call again and ask what became of the lamp."""
    facts.scene("那位老人又打来，问灯修得怎么样了")
    async with Softphone(CALLER) as phone:
        await phone.dial(sip)
        call = Call(phone, *ears, facts)
        await call.listen()
        await call.say("status_lamp")
        await call.listen()
        facts.check(
            call.heard_any("xiu hao", "ban hao", "chu li", "jie jue", "huan hao"),
            "听到了：已经处理好了",
        )
        await phone.hang_up()


def _answer(question: str) -> str:
    """The clip a patient resident would answer with."""
    return "place_only" if sounds_like(question, "shen me di fang", "ji zhuang") else "yes"


def _clip(name: str) -> Path:
    return next(CLIPS.glob(f"{name}.*"))
