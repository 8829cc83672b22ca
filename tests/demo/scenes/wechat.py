"""Two residents write and speak in WeChat, through its simulator: encrypted, signed, in 5 s."""

import re

import httpx

from flows.ticket_number import is_ticket_number
from tests.demo.facts import Facts
from tests.demo.open311 import request
from tests.demo.scenes.call import CLIPS
from tests.simulators.wechat import User, WeChatSimulator

WITHIN = 5.0
"""Seconds: then WeChat asks again, and after three times it shows a fault banner."""


def text_report(url: str, simulator: WeChatSimulator, facts: Facts) -> None:
    facts.scene("一位居民在微信里写")
    user = simulator.user("oDemoResidentWriting")
    words = "和睦新村5幢2单元电梯坏了，停在三楼不动"
    facts.says("wechat", words)
    _answered(url, facts, "elevator", user.send_text(words))


def voice_report(url: str, simulator: WeChatSimulator, facts: Facts) -> None:
    facts.scene("另一位居民在微信里发语音（AMR）")
    user = simulator.user("oDemoResidentSpeaking")
    facts.says("wechat", "（语音）五幢一单元门口的下水道堵了，污水都冒上来了。")
    amr = (CLIPS / "wechat_voice.amr").read_bytes()
    _answered(url, facts, "drain", user.send_voice(amr))


def _answered(url: str, facts: Facts, code: str, user: User) -> None:
    """The answer to what was just sent, the page behind its link, and the ticket from outside."""
    answer = user.wait(20)
    if not facts.check(answer, "收到了回复") or answer is None:
        return
    facts.says("bot", answer.text.replace("\n", "\n         "))
    seconds = answer.at - user.sent_at
    facts.check(seconds < WITHIN, f"回复用了 {seconds:.1f} 秒（5 秒以内）")
    number = next((n for n in re.findall(r"\d{6}", answer.text) if is_ticket_number(n)), "")
    facts.check(number, "回复里有六位单号")
    link = re.search(rf"{re.escape(url)}/t/[\w-]+", answer.text)
    if facts.check(link, "回复里有大字网页的链接") and link:
        page = httpx.get(link[0], timeout=10)
        spaced = re.sub(r"\s|&\w+;|<[^>]+>", "", page.text)
        facts.check(page.status_code == 200 and number in spaced, "大字网页打得开，写着单号")
    found = request(url, number)
    facts.check(
        found and found["service_code"] == code,
        f"Open311 里有这张工单，类别 {code}",
        f"（{found}）",
    )
