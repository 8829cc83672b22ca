"""A service's parts around a gateway: a scripted conversation, a voice and an ear that do as they
are told.

Replies: key `0` transfers to the agent; key `#` says goodbye; key `9` takes 0.6 s of thought;
anything else gets two seconds of sound.
"""

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

from pydantic import SecretStr

from bot.dialogue.answer import Answer, Inbound
from bot.services import Services
from flows.heard import HeardKind
from tests.phone.fakes import FakeRecogniser, FakeRecordings, FakeVoice, community, reply

Turn = dict[str, Any]


class Script:
    def __init__(self, tell: Callable[[Turn], None] = lambda turn: None) -> None:
        """tell: called with each turn."""
        self.turns: list[Turn] = []
        self._tell = tell

    @property
    def kinds(self) -> list[str]:
        return [turn["kind"] for turn in self.turns]

    def helped(self, conversation: str) -> bool:
        return False

    def take(self, inbound: Inbound) -> Answer:
        turn = {
            "kind": inbound.kind.value,
            "key": inbound.pressed,
            "caller": inbound.address,
            "call": inbound.key.partition(":")[0],
        }
        self.turns.append(turn)
        self._tell(turn)
        if inbound.pressed == "9":
            time.sleep(0.6)  # so that the end of the prompt can be told from the next one
        if inbound.pressed == "0":
            return reply("给您转接", transfer=True)
        if inbound.pressed == "#":
            return reply("再见", done=True)
        if inbound.kind is HeardKind.NO_PERSON:
            return reply("现在没有人能接电话，请留话")
        return reply("请您说一说吧", "好吗")


def scripted_services(settings: dict[str, Any], script: Script) -> Services:
    password = SecretStr(settings.get("asterisk_ari_password", ""))
    limits = settings.get("limits", {})
    chosen = {
        "sip_registrar": "",
        "community": None,
        **settings,
        "asterisk_ari_password": password,
    }
    services = SimpleNamespace(
        settings=SimpleNamespace(**chosen),
        community=community(**limits),
        wording=SimpleNamespace(speech=lambda prompts: tuple(f"<{p.key}>" for p in prompts)),
        recordings=FakeRecordings(),
        dialogue=script,
        recogniser=FakeRecogniser(),
        second=None,
        synthesiser=FakeVoice(),
    )
    return cast(Services, services)
