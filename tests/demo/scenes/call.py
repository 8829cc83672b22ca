"""Somebody dials the hotline from a real softphone, and answers what they are asked."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from tests.demo.ear import hear, sounds_like, spoken_digits
from tests.demo.facts import Facts
from tests.demo.open311 import requests
from tests.simulators.softphone import Closed, Softphone
from tests.support.digits import DigitEar
from tests.support.service import ROOT
from voice.codecs import decode
from voice.recognition.protocol import Recogniser
from voice.sound import Sound

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
    facts: Facts
    heard: list[str] = field(default_factory=list)
    sounds: list[Sound] = field(default_factory=list)

    async def listen(self) -> str:
        """What the service says until it waits, recognised; empty when it hung up."""
        try:
            sound = await self.phone.listen(_QUIET)
        except (Closed, TimeoutError):
            return ""
        text = await asyncio.to_thread(hear, self.recogniser, sound)
        self.sounds.append(sound)
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


async def report(url: str, sip: str, ears: Ears, facts: Facts) -> str:
    """Report a dark lamp by voice; returns the number of the ticket that stands afterwards."""
    facts.scene(f"一位老人拨打热线 {sip}")
    recogniser, digits = ears
    async with Softphone(CALLER) as phone:
        await phone.dial(sip)
        call = Call(phone, recogniser, facts)
        opening = await call.listen()
        facts.check(sounds_like(opening, "nin hao", "she qu"), "听到了开场白")
        await call.say("report_lamp")
        for _ in range(4):
            text = await call.listen()
            if not text or sounds_like(text, "bie de shi", "dan hao", "xia lai", "ji yi xia"):
                break
            await call.say(_answer(text))
        await call.say("no_more")
        await call.listen()
        await phone.hang_up()
    facts.check(call.heard_any("deng"), "听到了复述：灯")
    facts.check("3" in map(digits.building, call.sounds), "听到了复述：三幢")
    ticket = next((t for t in requests(url) if t["service_code"] == "lighting"), {})
    facts.check(
        "3幢" in str(ticket.get("address")), "Open311 里有这张工单：路灯照明，3幢", str(ticket)
    )
    number = str(ticket.get("service_request_id", ""))
    said = [said for sound in call.sounds for said in (digits.digits(sound).replace(" ", ""),)]
    said += map(spoken_digits, call.heard)
    facts.check(
        number and any(number in heard for heard in said), f"听到的单号就是它：{number}", str(said)
    )
    return number


async def ask_status(sip: str, ears: Ears, facts: Facts) -> None:
    """Call again and ask what became of the lamp."""
    facts.scene("那位老人又打来，问灯修得怎么样了")
    async with Softphone(CALLER) as phone:
        await phone.dial(sip)
        call = Call(phone, ears[0], facts)
        await call.listen()
        await call.say("status_lamp")
        await call.listen()
        await phone.hang_up()
    facts.check(
        call.heard_any("xiu hao", "ban hao", "chu li", "jie jue", "huan hao"),
        "听到了：已经处理好了",
    )


def _answer(question: str) -> str:
    """The clip a patient resident would answer with."""
    return "place_only" if sounds_like(question, "shen me di fang", "ji zhuang") else "yes"


def _clip(name: str) -> Path:
    return next(CLIPS.glob(f"{name}.*"))
