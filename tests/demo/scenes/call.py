"""Somebody dials the hotline from a real softphone, and answers what they are asked."""

from dataclasses import dataclass, field
from pathlib import Path

from tests.demo.ear import hear, spoken_number
from tests.demo.facts import Facts
from tests.simulators.softphone import Closed, Softphone
from tests.support.service import ROOT
from voice.codecs import decode
from voice.recognition.protocol import Recogniser

CLIPS = ROOT / "tests" / "clips"
WORDS = dict(
    line.split("\t")[:2] for line in (CLIPS / "clips.tsv").read_text().splitlines() if line
)
"""What each clip says, by file name."""


@dataclass
class Call:
    """One call: what the resident's own telephone recorded of the service, in words."""

    phone: Softphone
    recogniser: Recogniser
    facts: Facts
    heard: list[str] = field(default_factory=list)

    async def listen(self) -> str:
        """What the service says until it waits, recognised; empty when it hung up."""
        try:
            sound = await self.phone.listen()
        except Closed:
            return ""
        text = hear(self.recogniser, sound)
        self.heard.append(text)
        self.facts.says("bot", f"{text}  [dim]（{sound.seconds:.0f} 秒，由来电者的录音识别）[/]")
        return text

    async def say(self, clip: str) -> None:
        """Play a clip of `tests/clips` into the telephone."""
        path = _clip(clip)
        self.facts.says("caller", WORDS[path.name])
        await self.phone.play(decode(path.read_bytes()))

    def heard_any(self, *words: str) -> bool:
        return any(word in text for word in words for text in self.heard)


async def report(url: str, sip: str, recogniser: Recogniser, facts: Facts) -> str:
    """Report a dark lamp by voice; returns the ticket number that was heard."""
    facts.scene(f"一位老人拨打热线 {sip}")
    async with Softphone("13800138000") as phone:
        await phone.dial(sip)
        call = Call(phone, recogniser, facts)
        opening = await call.listen()
        facts.check("您好" in opening or "请说" in opening or "社区" in opening, "听到了开场白")
        await call.say("report_lamp")
        number = ""
        for _ in range(8):
            text = await call.listen()
            number = number or spoken_number(text)
            if number or not text:
                break
            await call.say(_answer(text))
        facts.check(call.heard_any("灯", "照明"), "听到了复述：楼道里的灯")
        facts.check(call.heard_any("三幢", "三栋", "三动", "三撞", "三桩"), "听到了复述：三幢")
        facts.check(number, "听到了六位单号", f"（听到的是：{call.heard[-1:]}）")
        await call.say("no_more")
        await call.listen()
        await phone.hang_up()
    return number


async def ask_status(sip: str, recogniser: Recogniser, facts: Facts) -> None:
    """Call again and ask what became of the lamp."""
    facts.scene("那位老人又打来，问灯修得怎么样了")
    async with Softphone("13800138000") as phone:
        await phone.dial(sip)
        call = Call(phone, recogniser, facts)
        await call.listen()
        await call.say("status_lamp")
        text = await call.listen()
        facts.check(
            any(word in text for word in ("修好", "办好", "处理好", "解决", "换好", "完成")),
            "听到了：已经处理好了",
            f"（听到的是：{text}）",
        )
        await phone.hang_up()


def _answer(question: str) -> str:
    """The clip a patient resident would answer with."""
    if any(word in question for word in ("哪里", "哪一幢", "几幢", "什么地方", "地址")):
        return "place_only"
    return "yes"


def _clip(name: str) -> Path:
    return next(CLIPS.glob(f"{name}.*"))
