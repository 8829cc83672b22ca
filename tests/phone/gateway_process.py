"""The real gateways over a scripted conversation, as a process (one SIP gateway a process is
allowed).

Says each turn it took as a JSON line. Replies: key `0` transfers to the agent; key `#` says
goodbye; anything else gets two seconds of sound.
"""

import asyncio
import json
import os
import signal
import sys
from types import SimpleNamespace
from typing import Any, cast

from pydantic import SecretStr

from bot.channels.asterisk.gateway import AsteriskGateway
from bot.channels.calls import ear
from bot.channels.sip.gateway import SipGateway
from bot.dialogue.answer import Answer, Inbound
from bot.failure import Failure
from bot.services import Services
from flows.heard import HeardKind
from tests.phone.fakes import (
    EnergyEndpointer,
    FakeRecogniser,
    FakeRecordings,
    FakeVoice,
    community,
    reply,
)


class _Conversation:
    def take(self, inbound: Inbound) -> Answer:
        print(
            json.dumps(
                {
                    "kind": inbound.kind.value,
                    "key": inbound.pressed,
                    "caller": inbound.address,
                    "call": inbound.key.partition(":")[0],
                }
            ),
            flush=True,
        )
        if inbound.pressed == "0":
            return reply("给您转接", transfer=True)
        if inbound.pressed == "#":
            return reply("再见", done=True)
        if inbound.kind is HeardKind.NO_PERSON:
            return reply("现在没有人能接电话，请留话")
        return reply("请您说一说吧", "好吗")


def main(settings: dict[str, Any]) -> None:
    vars(ear)["Endpointer"] = EnergyEndpointer
    settings["asterisk_ari_password"] = SecretStr(settings.get("asterisk_ari_password", ""))
    services = SimpleNamespace(
        settings=SimpleNamespace(sip_registrar="", **settings),
        community=community(),
        wording=SimpleNamespace(speech=lambda prompts: tuple(f"<{p.key}>" for p in prompts)),
        recordings=FakeRecordings(),
        dialogue=_Conversation(),
        recogniser=FakeRecogniser(),
        synthesiser=FakeVoice(),
    )
    gateway = AsteriskGateway if settings.get("asterisk_ari_url") else SipGateway

    async def run() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        await gateway(cast(Services, services)).run(stop)

    try:
        asyncio.run(run())
    except Failure as failure:
        print(json.dumps({"failure": str(failure)}), flush=True)
    os._exit(0)


if __name__ == "__main__":
    import logging

    logging.basicConfig(level=logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    main(json.loads(sys.argv[1]))
