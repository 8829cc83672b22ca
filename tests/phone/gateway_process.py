"""The real gateways over a scripted conversation (see `scripted`), as a process: one SIP gateway a
process is allowed. Says each turn it took as a JSON line."""

import asyncio
import json
import logging
import os
import signal
import sys
from typing import Any

from bot.channels.asterisk.gateway import AsteriskGateway
from bot.channels.calls import ear
from bot.channels.sip import line
from bot.channels.sip.gateway import SipGateway
from bot.failure import Failure
from tests.phone.fakes import EnergyEndpointer
from tests.phone.scripted import Script, scripted_services


def main(settings: dict[str, Any]) -> None:
    vars(ear)["Endpointer"] = EnergyEndpointer
    if rings := os.environ.get("PERSON_RINGS"):
        vars(line)["_TRANSFER_SECONDS"] = float(rings)
    script = Script(lambda turn: print(json.dumps(turn), flush=True))
    kind = AsteriskGateway if settings.get("asterisk_ari_url") else SipGateway
    gateway = kind(scripted_services(settings, script))

    async def run() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        await gateway.run(stop)

    try:
        asyncio.run(run())
    except Failure as failure:
        print(json.dumps({"failure": str(failure)}), flush=True)
    os._exit(0)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    main(json.loads(sys.argv[1]))
